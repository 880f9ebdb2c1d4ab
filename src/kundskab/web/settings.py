"""Django's settings. What differs between machines comes from the environment:

KUNDSKAB_HOME          the workspace's folder (default ./kundskab-home)
KUNDSKAB_HOSTS         further host names the pages answer to, separated by commas
KUNDSKAB_METRICS_TOKEN lets a collector of metrics in without signing in
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path

from kundskab.pipeline.home import Home
from kundskab.types import KundskabError


def _hosts() -> list[str]:
    own = ["localhost", "127.0.0.1", "[::1]"]
    return own + [name.strip() for name in os.environ.get("KUNDSKAB_HOSTS", "").split(",") if name.strip()]


def _secret(home: Path) -> str:
    try:
        return Home.open(home).web_secret
    except KundskabError:
        # No workspace, or none of its keys: a random secret lives as long as the process, and nobody can have read
        # it anywhere.
        return secrets.token_urlsafe(48)


HOME = Path(os.environ.get("KUNDSKAB_HOME", "kundskab-home")).resolve()
# Reached from elsewhere by a name: then a proxy stands before us and every visitor may look local.
ON_THIS_MACHINE_ONLY = not os.environ.get("KUNDSKAB_HOSTS")
METRICS_TOKEN = os.environ.get("KUNDSKAB_METRICS_TOKEN", "")
SECRET_KEY = _secret(HOME)
DEBUG = False
ALLOWED_HOSTS = _hosts()

INSTALLED_APPS = [
    "kundskab.web.base",
    "kundskab.web.staff",
    "kundskab.web.home",
    "kundskab.web.events",
    "kundskab.web.drivers",
    "kundskab.web.explore",
    "kundskab.web.people",
    "kundskab.web.segments",
    "kundskab.web.predictions",
    "kundskab.web.undervalued",
    "kundskab.web.encounters",
    "kundskab.web.metrics",
    "kundskab.web.sources",
    "kundskab.web.workspace",
    "kundskab.web.own",
    "kundskab.web.privacy",
    "kundskab.web.status",
    "kundskab.web.api",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
]

# From the outside in: headers go on whatever comes out; nobody passes `staff` unsigned or
# without the right that the view asks for.
MIDDLEWARE = [
    "kundskab.web.base.headers.Headers",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "kundskab.web.api.lean.Lean",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "kundskab.web.base.refusals.Refusals",
    "kundskab.web.base.clock.WorkspaceClock",
    "kundskab.web.staff.door.SignedIn",
    "kundskab.web.staff.door.Allowed",
    "kundskab.web.staff.second_step.SecondStepDue",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "kundskab.web.urls"
ASGI_APPLICATION = "kundskab.web.asgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kundskab.web.base.context.workspace",
            ],
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / "web.sqlite",
        "OPTIONS": {
            "timeout": 10,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # each request then follows the workspace's own clock

# Who comes in
AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

ACCOUNT_ADAPTER = "kundskab.web.staff.adapter.ClosedDoor"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
# Axes counts failures per account; this bounds guessing many accounts from one address, and codes of one account.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "20/m/ip,10/300s/key"}

MFA_ADAPTER = "kundskab.web.staff.adapter.SecondStep"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_FORMS = {"activate_totp": "kundskab.web.staff.forms.Activation"}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # accounts are made by an owner; no e-mail is ever sent

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "kundskab.web.staff.door.attempted_email"
AXES_CLIENT_IP_CALLABLE = "kundskab.web.base.headers.client_address"
AXES_LOCKOUT_TEMPLATE = "staff/locked_out.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_DISABLE_ACCESS_LOG = True  # successful sign-ins are not tracked
# What was typed is not kept beside a failure, were it a code or somebody's right password for another place.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "password", "code", "credential", "proof_code"]
AXES_SENSITIVE_PARAMETERS += ["proof_password", "oldpassword"]
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Cookies and headers; `Secure` is added when the request came by https (base.headers)
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kundskab.web.base.refusals.stale_form"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# The front door alone can reach the socket; it sets these headers itself.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
USE_X_FORWARDED_HOST = True
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

SILENCED_SYSTEM_CHECKS = [
    # Everybody in one office shares an address: counting failures per address would lock them all out.
    # Addresses are bounded by ACCOUNT_RATE_LIMITS instead.
    "axes.W006",
    # The same program runs by http on a laptop; whether https is asked for is the proxy's to say.
    "security.W008",
    # Cookies become Secure whenever the request came by https (base.headers).
    "security.W012",
    "security.W016",
    # Other hosts of the company's domain are not ours to commit.
    "security.W005",
    "security.W021",
]

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
