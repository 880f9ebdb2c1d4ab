from django.urls import path

from kundskab.web.staff import team, views

# The names are allauth's own, since its views look each other up by them.
urlpatterns = [
    path("sign-in", views.sign_in, name="account_login"),
    path("sign-in/once/<str:token>", views.sign_in_once, name="sign_in_once"),
    path("sign-in/second-step", views.second_step_at_sign_in, name="mfa_authenticate"),
    path("sign-in/passkey", views.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("sign-in/closed", views.closed, name="account_inactive"),
    path("sign-out", views.sign_out, name="account_logout"),
    path("account", views.account, name="account"),
    path("account/password", views.change_password, name="account_change_password"),
    path("account/password/first", views.set_password, name="account_set_password"),
    path("account/proof", views.reauthenticate, name="account_reauthenticate"),
    path("account/proof/code", views.prove_by_code, name="mfa_reauthenticate"),
    path("account/proof/passkey", views.prove_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("account/second-step", views.second_steps, name="mfa_index"),
    path("account/second-step/app", views.add_app, name="mfa_activate_totp"),
    path("account/second-step/app/removal", views.remove_app, name="mfa_deactivate_totp"),
    path("account/second-step/codes", views.recovery_codes, name="mfa_view_recovery_codes"),
    path("account/second-step/codes/new", views.new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/second-step/passkeys", views.second_steps, name="mfa_list_webauthn"),
    path("account/second-step/passkeys/new", views.add_passkey, name="mfa_add_webauthn"),
    path("account/second-step/passkeys/<int:pk>/removal", views.remove_passkey, name="mfa_remove_webauthn"),
    path("settings/team", team.team, name="team"),
    path("settings/team/<int:user_id>/role", team.role, name="team_role"),
    path("settings/team/<int:user_id>/closing", team.closing, name="team_closing"),
    path("settings/team/<int:user_id>/opening", team.opening, name="team_opening"),
    path("settings/team/<int:user_id>/link", team.link, name="team_link"),
    path("settings/team/<int:user_id>/second-step-reset", team.second_step_reset, name="team_second_step_reset"),
]
