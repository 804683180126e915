"""Articles that turned out to be copies after they had been placed."""

from __future__ import annotations

from broadsheet.articles.models import Article
from broadsheet.core.transactions import together
from broadsheet.stories.models import Placement
from broadsheet.stories.services.counting import recount
from broadsheet.stories.services.ordering import Refused, move


@together()
def follow(article_id: int) -> None:
    """An article turned out to be a copy of another: it goes into that one's story, unless an editor placed it.

    It goes by an order, like an editor's move, so that the writer of its language hears of it too.
    """
    target = Placement.objects.filter(article__copies=article_id).select_related("story").first()
    placed = Placement.objects.filter(article_id=article_id).exclude(why=Placement.Why.DESK).first()
    if target is None or placed is None:
        return
    if placed.story_id != target.story_id:
        article = Article.objects.select_related("source").get(pk=article_id)
        try:
            move(article, target.story, why="It turned out to be a copy of an article of this story.")
        except Refused:
            # The story is no longer in the writer's memory: nothing new comes to it, and nothing is lost.
            return
    Placement.objects.filter(article_id=article_id).update(
        why=Placement.Why.COPY, detail={"article": target.article_id}
    )
    recount(target.story)
