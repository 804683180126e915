"""Django's settings, all of them derived from the one typed table in `config.options`."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from broadsheet.core import sqlite

sqlite.install()

from broadsheet.config import imprint  # noqa: E402
from broadsheet.config import options as _options  # noqa: E402  the guard must run before anything loads sqlite3
from broadsheet.core import policies  # noqa: E402

BROADSHEET = _options.load()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = BROADSHEET.secret_key
DEBUG = BROADSHEET.debug
ALLOWED_HOSTS = BROADSHEET.hosts()
ROOT_URLCONF = "broadsheet.config.urls"
WSGI_APPLICATION = "broadsheet.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SITE_ID = 1

INSTALLED_APPS = [
    "broadsheet.core",
    "broadsheet.press",
    "broadsheet.accounts",
    "broadsheet.pictures",
    "broadsheet.sources",
    "broadsheet.articles",
    "broadsheet.pages",
    "broadsheet.wire",
    "broadsheet.stories",
    "broadsheet.trends",
    "broadsheet.editions",
    "broadsheet.paper",
    "broadsheet.syndication",
    "broadsheet.desk",
    "broadsheet.ops",
    "wagtail.contrib.settings",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "broadsheet.desk.middleware.DeskPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "broadsheet.desk.middleware.SecondFactorMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]


def _database(url: str) -> dict[str, Any]:
    """Django's entry for a checked database URL."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.removeprefix("sqlite:///"),
            "OPTIONS": sqlite.options(),
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c statement_timeout=30000 -c lock_timeout=10000"},
    }


DATABASES = {"default": _database(BROADSHEET.database_url)}

# Passwords and sessions.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BROADSHEET.site_url]
if BROADSHEET.secure:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = True
if BROADSHEET.trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"

# allauth: staff enter here and nowhere else; accounts for readers come with their own issue.
ACCOUNT_ADAPTER = "broadsheet.desk.doors.StaffAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,25/5m/ip", "login": "30/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = BROADSHEET.brand
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not BROADSHEET.secure

# Language and time.
LANGUAGE_CODE = BROADSHEET.language
TIME_ZONE = BROADSHEET.time_zone
USE_I18N = True
USE_TZ = True

# Files.
STATIC_URL = "/static/"
STATIC_ROOT = BROADSHEET.static_dir
MEDIA_URL = "/media/"
MEDIA_ROOT = BROADSHEET.media_dir
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "broadsheet.config.assets.AssetStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
FILE_UPLOAD_PERMISSIONS = 0o644
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# The press.
PRESS_DIR = BROADSHEET.press_dir
PRESS_PUBLIC = False
PRESS_LAYOUT = imprint.layout(PACKAGE)
PRESS_PAGE_HEADERS = {
    "Content-Security-Policy": policies.PAGE,
    "Permissions-Policy": policies.PERMISSIONS,
    "Referrer-Policy": SECURE_REFERRER_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
if BROADSHEET.secure:
    PRESS_PAGE_HEADERS["Strict-Transport-Security"] = f"max-age={SECURE_HSTS_SECONDS}; includeSubDomains; preload"

# Mail.
EMAIL_SUBJECT_PREFIX = f"[{BROADSHEET.brand}] "
DEFAULT_FROM_EMAIL = SERVER_EMAIL = BROADSHEET.email_from or "broadsheet@localhost"
_mail = urlsplit(BROADSHEET.email_url)
if _mail.scheme in {"smtp", "smtps"}:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname or "localhost"
    EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 587)
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = _mail.scheme == "smtp" and EMAIL_HOST not in {"localhost", "127.0.0.1"}
    EMAIL_TIMEOUT = 15
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(BROADSHEET.data / "mail")

# Caches hold counters of failed log-ins and the like, never pages.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Wagtail.
WAGTAIL_SITE_NAME = BROADSHEET.brand
WAGTAILADMIN_BASE_URL = BROADSHEET.site_url
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILIMAGES_IMAGE_MODEL = "pictures.Picture"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "avif"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILEMBEDS_FINDERS: list[dict[str, Any]] = []
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_USAGE_COUNT_ENABLED = False
TASKS = {"default": {"BACKEND": "broadsheet.core.tasks.OutboxBackend"}}

# W019: the desk previews drafts in a frame of its own origin; printed pages refuse every frame themselves.
SILENCED_SYSTEM_CHECKS: list[str] = ["security.W019"]
if not BROADSHEET.secure:
    # A portal on a loopback address has no TLS to insist on; `doctor` says so where it matters.
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"shaped": {"()": "broadsheet.config.logs.formatter", "shape": BROADSHEET.log_format}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "shaped"}},
    "root": {"handlers": ["stderr"], "level": BROADSHEET.log_level.upper()},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "propagate": False},
        "PIL": {"level": "WARNING"},
        "trafilatura": {"level": "CRITICAL"},
        "httpcore": {"level": "WARNING"},
        # Every page made at set-up would be a line; the desk has its own trail of what people do.
        "wagtail": {"level": "WARNING"},
    },
}
