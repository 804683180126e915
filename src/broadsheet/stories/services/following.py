"""Articles that turned out to be copies after they had been placed."""

from __future__ import annotations

from django.db.models import Q

from broadsheet.core.transactions import together
from broadsheet.stories.models import Placement
from broadsheet.stories.services.counting import recount
from broadsheet.stories.services.ordering import Refused, merge


@together()
def follow(article_id: int) -> None:
    """An article turned out to be a copy of another: it goes into that one's story, unless an editor placed it.

    A story that holds nothing else goes into the other, by an order like an editor's merge, so that the writer of its
    language hears of it and its address leads on. Else the article alone moves, and what it told stays in the words of
    its first story.
    """
    target = Placement.objects.filter(article__copies=article_id).select_related("story").first()
    placed = (
        Placement.objects.filter(article_id=article_id).exclude(why=Placement.Why.DESK).select_related("story").first()
    )
    if target is None or placed is None:
        return
    left = placed.story
    if left.pk != target.story_id:
        its_own = Q(article_id=article_id) | Q(article__copy_of_id=article_id)
        if not Placement.objects.filter(story=left).exclude(its_own).exists():
            try:
                merge(target.story, left, why="It turned out to be a copy of an article of this story.")
            except Refused:
                # The story has left the writer's memory: nothing new comes to it, and nothing is lost.
                return
        else:
            Placement.objects.filter(its_own, story=left).update(story=target.story)
            recount(left)
    Placement.objects.filter(article_id=article_id).update(
        why=Placement.Why.COPY, detail={"article": target.article_id}
    )
    recount(target.story)
