from django.urls import path

from kundskab.web.staff import views

# The names are allauth's own, since its views look each other up by them.
urlpatterns = [
    path("sign-in", views.sign_in, name="account_login"),
    path("sign-in/once/<str:token>", views.sign_in_once, name="sign_in_once"),
    path("sign-out", views.sign_out, name="account_logout"),
    path("account", views.account, name="account"),
    path("account/password", views.change_password, name="account_change_password"),
    path("account/password/first", views.set_password, name="account_set_password"),
    path("account/proof", views.reauthenticate, name="account_reauthenticate"),
]
