package com.withampersand.sdk.salesforce;

import static com.withampersand.sdk.salesforce.Place.AUTHORIZE;
import static com.withampersand.sdk.salesforce.Place.CALLBACK;
import static com.withampersand.sdk.salesforce.Place.ERROR_PAGE;
import static com.withampersand.sdk.salesforce.Place.TOKEN;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.Reason;
import java.util.List;

/** What goes wrong between the first click and the code. */
final class ConsentTopics {
  private ConsentTopics() {}

  static final Topic UNKNOWN_KEY =
      Topic.of("Unknown Consumer Key")
          .code("invalid_client_id", AUTHORIZE, TOKEN)
          .code("invalid_client_id", "client identifier invalid", AUTHORIZE, TOKEN)
          .means("Salesforce does not know the app's Consumer Key at this host.")
          .causes(
              "The key was not copied whole, or is another app's.",
              "The app is a few minutes old: it takes 2 to 10 minutes until every host knows it.",
              "The app belongs to one org and the login host is another's, or a shared one: a production app at a sandbox, for example.")
          .blocks(Reason.WRONG_CREDENTIALS)
          .remedy(
              Actor.DEVELOPER,
              "Copy the Consumer Key again, use the org's My Domain as login host, and give a new app ten minutes. Stored tokens"
                  + " are still good.");

  static final Topic CALLBACK_NOT_REGISTERED =
      Topic.of("Callback not registered")
          .code("redirect_uri_mismatch", AUTHORIZE, TOKEN)
          .code("redirect_uri_mismatch", "redirect_uri must match configuration", AUTHORIZE, TOKEN)
          .means("The callback that was sent is none of the app's Callback URLs.")
          .causes(
              "It differs from the registered one in scheme, host, port, path or a slash at its end: Salesforce compares each character.",
              "It was registered a few minutes ago: it takes up to 10 minutes until every host knows it.",
              "The code was asked for with another callback than it is exchanged with.")
          .blocks(Reason.MISCONFIGURED)
          .remedy(
              Actor.DEVELOPER,
              "Register exactly the callback that this program sends on the app's page, one on each line, and wait ten minutes.");

  static final Topic PKCE_REQUIRED =
      Topic.of("PKCE required")
          .code("invalid_request", "required code challenge", AUTHORIZE, CALLBACK)
          .means("The app takes no request without PKCE, and this one was sent without it.")
          .causes(
              "\"Require Proof Key for Code Exchange (PKCE)\" is ticked on the app's page; for an External Client App it is ticked by"
                  + " default.",
              "The org requires PKCE of all apps, in its OAuth and OpenID Connect Settings.")
          .blocks(Reason.MISCONFIGURED)
          .remedy(
              Actor.DEVELOPER,
              "If the app has to require PKCE, as partner apps with many customers have to, build the flow with withPkce()."
                  + " Otherwise untick \"Require Proof Key for Code Exchange (PKCE)\" on the app's page.");

  static final List<Topic> ALL =
      List.of(
          UNKNOWN_KEY,
          CALLBACK_NOT_REGISTERED,
          PKCE_REQUIRED,
          Topic.of("Scope not allowed")
              .code("invalid_scope", CALLBACK, ERROR_PAGE)
              .code("1804", ERROR_PAGE)
              .code("invalid_scope", "requested scope is", CALLBACK, ERROR_PAGE)
              .means("The request asks for a scope that the app does not have.")
              .causes(
                  "The scope is not selected on the app's page. refresh_token is there called \"Perform requests at any time\".",
                  "The scope is misspelt, or the scopes are separated by commas.")
              .blocks(Reason.MISCONFIGURED)
              .remedy(
                  Actor.DEVELOPER,
                  "Select the scope on the app's page in Salesforce, or ask for less. What was selected a moment ago takes up to ten minutes."),
          Topic.of("User declined")
              .code("access_denied", CALLBACK)
              .code("access_denied", "end-user denied authorization", CALLBACK)
              .means("The user pressed Deny.")
              .isFinal(Reason.DECLINED)
              .remedy(
                  Actor.END_USER, "Connect Salesforce again when you are ready to give access."),
          Topic.of("User has to be asked")
              .code("immediate_unsuccessful", CALLBACK)
              .means(
                  "The request was to be answered without a page, but the user has to log in or consent first.")
              .causes(
                  "The request was made with immediate=true, or with a prompt that asks for no page.")
              .isFinal(Reason.DECLINED)
              .remedy(Actor.END_USER, "Connect Salesforce again."),
          Topic.of("Consent took too long")
              .words("complete the approval process before it expired", ERROR_PAGE)
              .means(
                  "The login or consent page was left open until Salesforce gave the attempt up.")
              .causes(
                  "The page was left open.",
                  "An old address was opened again, or the browser's Back button was used: each attempt needs a new authorization URL.")
              .isFinal(Reason.REVOKED_OR_EXPIRED)
              .remedy(Actor.END_USER, "Connect Salesforce again, and finish without a pause."),
          Topic.of("Approval by an administrator missing")
              .code("OAUTH_APP_ACCESS_DENIED", CALLBACK)
              .code("invalid_app_access", CALLBACK, ERROR_PAGE, TOKEN)
              .code("invalid_app_access", "not admin approved", CALLBACK, ERROR_PAGE, TOKEN)
              .code("OAUTH_APP_ACCESS_DENIED", "app access denied", CALLBACK)
              .means("The user may not use this app.")
              .causes(
                  "Permitted Users is \"Admin approved users are pre-authorized\", and neither the user's profile nor a permission set is"
                      + " assigned to the app.",
                  "The user declined.",
                  "The app's IP restrictions exclude the user's address.")
              .blocks(Reason.USER_NOT_PERMITTED)
              .remedy(
                  Actor.PROVIDER_ADMIN,
                  "In Setup, open the app's policies and assign the user's profile or a permission set, or let all users authorize themselves;"
                      + " if that is so already, relax the app's IP restrictions."),
          Topic.of("App blocked")
              .code("OAUTH_APP_BLOCKED", CALLBACK)
              .code("app_blocked", CALLBACK)
              .code("fail_close_app_blocked", CALLBACK)
              .code("OAUTH_APP_BLOCKED", "blocked by admin", CALLBACK)
              .means("The org does not let this app in.")
              .causes(
                  "An administrator blocked it under Connected Apps OAuth Usage.",
                  "API Access Control admits listed apps only.")
              .blocks(Reason.APP_BLOCKED)
              .remedy(
                  Actor.PROVIDER_ADMIN,
                  "In Setup, under Connected Apps OAuth Usage, unblock or install the app; with API Access Control, add it to the list."),
          Topic.of("App not installed")
              .code("invalid_client", "app must be installed", ERROR_PAGE, TOKEN)
              .code("app_not_found", CALLBACK)
              .code("installation_error", CALLBACK)
              .means(
                  "The app is not installed in the customer's org, and this user may not use apps that are not.")
              .causes(
                  "Since September 2025 only users with the permission \"Approve Uninstalled Connected Apps\" may connect an app that is not"
                      + " installed.",
                  "The app was uninstalled.")
              .blocks(Reason.APP_BLOCKED)
              .remedy(
                  Actor.PROVIDER_ADMIN,
                  "In Setup, under Connected Apps OAuth Usage, install the app, or install its package. Where the app is not listed, a user with"
                      + " the permission \"Approve Uninstalled Connected Apps\" can connect it."),
          Topic.of("External Client App not installed")
              .code("OAUTH_EC_APP_NOT_FOUND", CALLBACK, ERROR_PAGE)
              .code(
                  "OAUTH_EC_APP_NOT_FOUND",
                  "external client app is not installed",
                  CALLBACK,
                  ERROR_PAGE,
                  TOKEN)
              .code("ecapp_policy_not_found", CALLBACK)
              .code("oauth_policy_not_found", CALLBACK)
              .means(
                  "The org in which the user is logged in does not have this External Client App.")
              .causes(
                  "Its package is not installed there. An installation in production does not put it into sandboxes that exist already.",
                  "The browser is logged in to another org, or the login host is another's.",
                  "The app's distribution is Local, and the user is of another org than the app.",
                  "It was installed a moment ago.")
              .blocks(Reason.APP_BLOCKED)
              .remedy(
                  Actor.PROVIDER_ADMIN,
                  "Install the app's package in this very org, a sandbox included. If it is there, log out of Salesforce or start again"
                      + " with prompt=login, at the org's My Domain."),
          Topic.of("External Client App of another org")
              .code("OAUTH_AUTHORIZATION_BLOCKED", CALLBACK, ERROR_PAGE)
              .code(
                  "OAUTH_AUTHORIZATION_BLOCKED",
                  "cross-org OAuth flows are not supported",
                  CALLBACK,
                  ERROR_PAGE)
              .code("invalid_distribution_state", CALLBACK)
              .means(
                  "The External Client App serves its own org only, and the user is logged in to another.")
              .causes(
                  "The app's distribution is Local.",
                  "The browser still has a session with another org.")
              .blocks(Reason.MISCONFIGURED)
              .remedy(
                  Actor.DEVELOPER,
                  "Package the app and have it installed at the customer's. If the user is of the app's own org, start again with"
                      + " prompt=login or in a private window."),
          Topic.of("Approval error without a reason")
              .code("OAUTH_APPROVAL_ERROR_GENERIC", ERROR_PAGE)
              .code("OAUTH_APPROVAL_ERROR_GENERIC", "unexpected error has occur", ERROR_PAGE)
              .means(
                  "Salesforce could not finish the approval, and its page keeps the reason to itself.")
              .causes(
                  "The app is not installed in the org, and the user may not approve such apps.",
                  "A scope that the app needs, such as refresh_token, is not selected on its page.",
                  "The user may use APIs only.",
                  "Single sign-on stands between the user and the approval.",
                  "The org requires PKCE of all apps.",
                  "The user is an Experience Cloud user.")
              .remedy(
                  Actor.PROVIDER_ADMIN,
                  "Copy the address of the page from the browser: its error and error_description often name the reason. If they do not, check the"
                      + " causes in their order, beginning with the installation of the app."),
          Topic.of("Remote access not set up")
              .code("1800", ERROR_PAGE)
              .code("1800", "setting up your remote access", ERROR_PAGE)
              .means("Salesforce could not open the app for the user, and says no more than that.")
              .causes(
                  "The app was deleted.",
                  "A scope is not selected on the app's page.",
                  "The user logs in by single sign-on, which is not set up for it.")
              .provesNothing(Reason.MISCONFIGURED)
              .remedy(
                  Actor.DEVELOPER,
                  "Make sure that the app exists and has every scope that is asked for. If it does, let the org's administrator check its"
                      + " single sign-on."),
          Topic.of("Inactive user")
              .code("inactive_user", CALLBACK, TOKEN)
              .code("invalid_grant", "inactive user", TOKEN)
              .means("The Salesforce user is deactivated or locked.")
              .blocks(Reason.USER_INACTIVE)
              .remedy(
                  Actor.PROVIDER_ADMIN,
                  "Reactivate the user in Setup, or let another user connect."),
          Topic.of("Inactive org")
              .code("inactive_org", CALLBACK, TOKEN)
              .code("invalid_grant", "inactive organization", TOKEN)
              .means("The whole Salesforce org is locked, closed or suspended.")
              .blocks(Reason.OTHER)
              .remedy(Actor.PROVIDER_ADMIN, "Clear this with Salesforce."),
          Topic.of("Flow switched off")
              .code("oauth_flow_disabled", CALLBACK, TOKEN)
              .code("unsupported_response_type", AUTHORIZE, CALLBACK)
              .code("unsupported_response_type", "response type not supported", AUTHORIZE, CALLBACK)
              .means("Salesforce does not offer the authorization-code flow to this request.")
              .causes(
                  "The flow is not enabled for the app, or is blocked in the org.",
                  "The address was altered on its way to the browser: its response_type has to be code.")
              .blocks(Reason.MISCONFIGURED)
              .remedy(
                  Actor.PROVIDER_ADMIN,
                  "Allow the authorization-code flow, which Salesforce calls web server flow, on the app's page and in the org's OAuth"
                      + " settings."),
          Topic.of("Request not accepted")
              .code("invalid_request", AUTHORIZE, CALLBACK, TOKEN)
              .means(
                  "Salesforce misses a parameter or does not take one; its description says which.")
              .blocks(Reason.MISCONFIGURED)
              .remedy(
                  Actor.DEVELOPER,
                  "Read the description, and compare callback, scopes and login host with the app's settings."),
          Topic.of("Malformed request")
              .code("redirect_uri_missing", AUTHORIZE, TOKEN)
              .code("invalid_request", "HTTPS required", AUTHORIZE)
              .code("invalid_request", "must use GET", AUTHORIZE)
              .code("invalid_request", "out-of-band not supported", AUTHORIZE)
              .code("invalid_basic_auth_header", TOKEN)
              .means("The request has a form in which neither this SDK nor Ampersand sends one.")
              .causes(
                  "Something between them and Salesforce altered it: a proxy, or a message that cut a long address.",
                  "It is a fault of the SDK or of Ampersand.")
              .blocks(Reason.MISCONFIGURED)
              .remedy(
                  Actor.AMPERSAND,
                  "Make sure that nothing alters the request, such as a proxy. If nothing does, report it to Ampersand with Salesforce's words."));
}
