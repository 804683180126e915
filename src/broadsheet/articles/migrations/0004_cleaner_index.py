from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0003_search")]
    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["cleaner", "id"], name="article_by_cleaner"),
        ),
    ]
