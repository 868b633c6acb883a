"""A Django site of one file, with the view that docs/access.md shows as `views.py`, and the users 42 and 43.

    python3 django_site.py DATABASE [--tls]

With --tls it is reached through a proxy that ends TLS, and its cookie is sent from other sites, too: so that only Chime
stands in the way of these.
"""
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings

DATABASE, *OPTIONS = sys.argv[1:]
TLS = {
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "USE_X_FORWARDED_HOST": True,
    "SESSION_COOKIE_SAMESITE": "None",
    "SESSION_COOKIE_SECURE": True,
}

settings.configure(
    SECRET_KEY="x" * 50,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
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
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}
    },
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
    **(TLS if "--tls" in OPTIONS else {}),
)
django.setup()

from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
from views import chime_auth

HOME = """<!doctype html><title>Inbox</title><link rel="icon" href="data:,">
<ul></ul>
<script>
const source = new EventSource("/sse/user.%s");
source.onopen = () => document.title = "live";
source.onmessage = (event) => {
  const item = document.createElement("li");
  item.textContent = event.data;
  document.querySelector("ul").append(item);
};
</script>"""


def home(request):
    return HttpResponse(HOME % request.user.pk)


def log_in(request, pk):
    login(
        request,
        User.objects.get(pk=pk),
        "django.contrib.auth.backends.ModelBackend",
    )
    return HttpResponse("<!doctype html><title>The site</title>")


def log_out(request):
    logout(request)
    return HttpResponse("bye")


urlpatterns = [
    path("", home),
    path("chime/auth", chime_auth),
    path("login/<int:pk>", log_in),
    path("logout", log_out),
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class Handler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


call_command("migrate", verbosity=0)
for pk in (42, 43):
    User.objects.create(pk=pk, username=str(pk))
server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Handler)
print(server.server_port, flush=True)
server.serve_forever()
