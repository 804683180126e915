import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0006_topics'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RelatedList',
            fields=[
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='related', serialize=False, to='articles.article')),
                ('found', models.JSONField(default=list)),
                ('shown', models.JSONField(default=list)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ArticleVector',
            fields=[
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='vector', serialize=False, to='articles.article')),
                ('maker', models.PositiveSmallIntegerField(help_text='What the code was made of; codes of two makers do not compare.')),
                ('code', models.BinaryField(max_length=32)),
                ('vector', models.BinaryField(max_length=256)),
                ('words', models.JSONField(help_text='The strongest words with their weights.')),
                ('last_day', models.DateField(db_index=True, null=True)),
                ('kept_at', models.DateTimeField()),
                ('waiting', models.BooleanField(default=True, help_text='Its relatives are to be looked for.')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('waiting', True)), fields=['article'], name='vector_waiting')],
            },
        ),
        migrations.CreateModel(
            name='RelatedChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('pinned', 'Pinned'), ('left_out', 'Left out')], max_length=8)),
                ('at', models.DateTimeField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='related_choices', to='articles.article')),
                ('editor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('article', 'other'), name='one_choice_a_pair')],
            },
        ),
    ]
