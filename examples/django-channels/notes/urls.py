from django.contrib.auth.views import LoginView
from django.urls import path

from . import streams, views

urlpatterns = [
    path("", views.page),
    path("send", views.send),
    path("login", LoginView.as_view(template_name="login.html")),
    path("sse/", streams.clock),
    path("sse/user.<int:pk>", streams.inbox),
]
