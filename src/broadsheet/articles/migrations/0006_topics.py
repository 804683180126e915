import django.db.models.deletion
from django.db import migrations, models


# The IPTC Media Topic nearest to each section that the paper came with.
IPTC = {
    "world": "20000638", "politics": "11000000", "sports": "15000000", "celebrity": "08000000", "business": "04000000",
    "crypto": "04000000", "gaming": "10000000", "tech": "13000000", "travel": "10000000",
}


def code_sections(apps, schema_editor):
    sections = apps.get_model("articles", "Section").objects.using(schema_editor.connection.alias)
    for key, code in IPTC.items():
        sections.filter(key=key, iptc="").update(iptc=code)


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0005_sections'),
    ]

    operations = [
        migrations.CreateModel(
            name='TopicAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fold', models.CharField(max_length=120, unique=True)),
                ('name', models.CharField(max_length=120)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='TopicUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fold', models.CharField(max_length=120)),
                ('name', models.CharField(max_length=120)),
                ('voice', models.CharField(max_length=32)),
                ('day', models.DateField(db_index=True)),
                ('inside', models.BooleanField(default=True)),
                ('kind', models.CharField(blank=True, max_length=1)),
                ('means', models.CharField(blank=True, max_length=120)),
                ('found', models.CharField(max_length=10)),
                ('times', models.PositiveSmallIntegerField(default=1)),
            ],
        ),
        migrations.AddField(
            model_name='articletopic',
            name='found',
            field=models.CharField(blank=True, choices=[('headline', 'in the headline'), ('label', "in the source's own labels"), ('standfirst', 'in the standfirst'), ('text', 'in the text'), ('desk', 'set at the desk')], max_length=10, null=True),
        ),
        migrations.AddField(
            model_name='articletopic',
            name='times',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='section',
            name='iptc',
            field=models.CharField(blank=True, help_text='Code of the IPTC Media Topic nearest to it, such as 15000000.', max_length=8, verbose_name='IPTC code'),
        ),
        migrations.RunPython(code_sections, migrations.RunPython.noop, elidable=True),
        migrations.AddField(
            model_name='topic',
            name='by_desk',
            field=models.BooleanField(default=False, editable=False, help_text="Name and kind are the desk's."),
        ),
        migrations.AddField(
            model_name='topic',
            name='code',
            field=models.CharField(blank=True, help_text='Code of an IPTC Media Topic of this meaning, if there is one.', max_length=8, verbose_name='IPTC code'),
        ),
        migrations.AddField(
            model_name='topic',
            name='kind',
            field=models.CharField(choices=[('person', 'Person'), ('place', 'Place'), ('organisation', 'Organisation'), ('theme', 'Theme')], default='theme', max_length=12),
        ),
        migrations.AddField(
            model_name='topic',
            name='merged_into',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merged', to='articles.topic'),
        ),
        migrations.AddField(
            model_name='topic',
            name='public',
            # What readers could see so far, they see on.
            field=models.BooleanField(default=True, editable=False),
        ),
        migrations.AlterField(
            model_name='topic',
            name='public',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='topic',
            name='uses',
            field=models.PositiveIntegerField(default=0, editable=False, help_text='Articles of the last thirty days.'),
        ),
        migrations.AddField(
            model_name='topic',
            name='voices',
            field=models.PositiveIntegerField(default=0, editable=False, help_text='Voices of the last thirty days.'),
        ),
        migrations.AddIndex(
            model_name='topic',
            index=models.Index(fields=['public', 'name'], name='topic_by_state'),
        ),
        migrations.AddField(
            model_name='topicalias',
            name='topic',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='articles.topic'),
        ),
        migrations.AddField(
            model_name='topicuse',
            name='article',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article'),
        ),
        migrations.AddIndex(
            model_name='topicuse',
            index=models.Index(fields=['fold', 'voice'], name='use_by_name'),
        ),
        migrations.AddConstraint(
            model_name='topicuse',
            constraint=models.UniqueConstraint(fields=('article', 'fold'), name='use_once_an_article'),
        ),
    ]
