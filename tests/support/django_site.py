"""A Django site of one file: users with passwords, sessions, a page for each user, and the answer to Chime.

    python3 django_site.py PORT FOLDER
"""
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import authenticate, login
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.urls import path

PORT, FOLDER = int(sys.argv[1]), Path(sys.argv[2])

settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="of a test",
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(FOLDER / "site.db"),
        }
    },
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
    USE_X_FORWARDED_HOST=True,
    # The browser sends the cookie from other sites, too: so that only Chime stands in the way.
    SESSION_COOKIE_SAMESITE="None",
    SESSION_COOKIE_SECURE=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
)
django.setup()


def chime_auth(request):
    user = request.user
    if not user.is_authenticated:
        return HttpResponse(status=401)
    return JsonResponse(
        {
            "subject": str(user.pk),
            "subscribe": [f"user.{user.pk}", f"user.{user.pk}.*"],
        }
    )


def enter(request):
    if request.method == "GET":
        return HttpResponse(
            f"""<form method="post">
            <input type="hidden" name="csrfmiddlewaretoken" value="{get_token(request)}">
            <input name="name"> <input name="password" type="password">
            <button>Enter</button></form>"""
        )
    user = authenticate(
        username=request.POST["name"], password=request.POST["password"]
    )
    if user is None:
        return HttpResponse("No such user", status=403)
    login(request, user)
    return HttpResponseRedirect("/")


def home(request):
    if not request.user.is_authenticated:
        return HttpResponse("Nobody", status=403)
    return HttpResponse(
        f"""<!doctype html><title>Inbox</title><link rel="icon" href="data:,">
        <h1>{request.user.username}</h1><ul></ul>
        <script>
        const source = new EventSource("/sse/user.{request.user.pk}");
        source.onopen = () => document.title = "live";
        source.onmessage = (event) => {{
          const item = document.createElement("li");
          item.textContent = event.data;
          document.querySelector("ul").append(item);
        }};
        </script>"""
    )


urlpatterns = [
    path("", home),
    path("enter", enter),
    path("chime-auth", chime_auth),
]


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


if __name__ == "__main__":
    application = get_wsgi_application()
    call_command("migrate", verbosity=0)
    from django.contrib.auth.models import User

    for name in ["ada", "bob"]:
        User.objects.create_user(name, password=f"{name}'s password")
    server = ThreadedWSGIServer(("127.0.0.1", PORT), QuietHandler)
    server.set_app(application)
    print("listening", flush=True)
    server.serve_forever()
