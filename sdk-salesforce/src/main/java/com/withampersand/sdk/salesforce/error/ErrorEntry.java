package com.withampersand.sdk.salesforce.error;

import static com.withampersand.sdk.Actor.AMPERSAND;
import static com.withampersand.sdk.Actor.DEVELOPER;
import static com.withampersand.sdk.Actor.END_USER;
import static com.withampersand.sdk.Actor.NONE;
import static com.withampersand.sdk.Actor.PROVIDER_ADMIN;
import static com.withampersand.sdk.Reason.ALREADY_PROCESSING;
import static com.withampersand.sdk.Reason.APP_BLOCKED;
import static com.withampersand.sdk.Reason.DECLINED;
import static com.withampersand.sdk.Reason.IP_BLOCKED;
import static com.withampersand.sdk.Reason.MISCONFIGURED;
import static com.withampersand.sdk.Reason.OTHER;
import static com.withampersand.sdk.Reason.PROVIDER_TROUBLE;
import static com.withampersand.sdk.Reason.REVOKED_OR_EXPIRED;
import static com.withampersand.sdk.Reason.TOO_MANY_REQUESTS;
import static com.withampersand.sdk.Reason.USER_INACTIVE;
import static com.withampersand.sdk.Reason.USER_NOT_PERMITTED;
import static com.withampersand.sdk.Reason.WRONG_CREDENTIALS;
import static com.withampersand.sdk.Reason.WRONG_HOST_OR_APP;
import static com.withampersand.sdk.Verdict.BLOCKED;
import static com.withampersand.sdk.Verdict.FINAL;
import static com.withampersand.sdk.Verdict.PASSING;
import static com.withampersand.sdk.Verdict.THROTTLED;
import static com.withampersand.sdk.Verdict.UNKNOWN;
import static com.withampersand.sdk.salesforce.error.EntryFacts.call;
import static com.withampersand.sdk.salesforce.error.EntryFacts.signIn;
import static com.withampersand.sdk.salesforce.error.EntryFacts.token;
import static com.withampersand.sdk.salesforce.error.ErrorSource.API;
import static com.withampersand.sdk.salesforce.error.ErrorSource.AUTHORIZE;
import static com.withampersand.sdk.salesforce.error.ErrorSource.CALLBACK;
import static com.withampersand.sdk.salesforce.error.ErrorSource.ERROR_PAGE;
import static com.withampersand.sdk.salesforce.error.ErrorSource.EXCHANGE;
import static com.withampersand.sdk.salesforce.error.ErrorSource.MINT;
import static com.withampersand.sdk.salesforce.error.ErrorSource.REFRESH;
import static com.withampersand.sdk.salesforce.error.ErrorSource.REVOCATION;
import static com.withampersand.sdk.salesforce.error.ErrorSource.TOKEN;

/**
 * The catalog of Salesforce's errors. {@link SalesforceError#entry()} tells which one an error is,
 * so that a program can branch on it.
 *
 * <p>Constants and {@linkplain #id() ids} are stable: new ones are added, none is renamed or
 * removed. Salesforce documents few of its refusals. Where it does not say why it refused, the
 * meaning says so, and the {@linkplain SalesforceError#causes() causes} are possibilities.
 *
 * <p>Errors of data, such as {@code MALFORMED_QUERY}, {@code INVALID_FIELD} or {@code NOT_FOUND},
 * are not in the catalog: they say nothing about the connection, and their messages explain them.
 */
public enum ErrorEntry {
  // While the user signs in and approves.

  /** Salesforce does not know the Consumer Key. */
  UNKNOWN_CONSUMER_KEY(
      signIn("unknown-consumer-key", "Unknown Consumer Key")
          .code("invalid_client_id", AUTHORIZE, TOKEN)
          .text("client identifier invalid", "invalid_client_id", AUTHORIZE, TOKEN)
          .meaning("Salesforce does not know the app's Consumer Key at this host.")
          .causes(
              "The key was not copied completely, or belongs to another app.",
              "The app is new: it takes 2 to 10 minutes until every host knows it.",
              "The app belongs to one org and the login host to another: for example, a production app is used at a sandbox.")
          .verdict(BLOCKED, WRONG_CREDENTIALS)
          .actor(
              DEVELOPER,
              "Copy the Consumer Key again, use the org's My Domain as the login host, and wait ten minutes after you create an app."
                  + " Stored tokens are still good.")),

  /** The callback is not one of the app's Callback URLs. */
  CALLBACK_NOT_REGISTERED(
      signIn("callback-not-registered", "Callback not registered")
          .code("redirect_uri_mismatch", AUTHORIZE, TOKEN)
          .text("redirect_uri must match configuration", "redirect_uri_mismatch", AUTHORIZE, TOKEN)
          .meaning("The callback that was sent is not one of the app's Callback URLs.")
          .causes(
              "It differs from the registered one in scheme, host, port, path or trailing slash: Salesforce compares every character.",
              "It was registered a few minutes ago: it takes up to 10 minutes until every host knows it.",
              "The code was requested with a different callback.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(
              DEVELOPER,
              "On the app's page, add exactly the callback that this program sends to the Callback URLs, one per line. Then wait ten minutes.")),

  /** The app requires PKCE, and the request was sent without it. */
  PKCE_REQUIRED(
      signIn("pkce-required", "PKCE required")
          .text("required code challenge", "invalid_request", AUTHORIZE, CALLBACK)
          .meaning("The app accepts only requests with PKCE, and this one was sent without it.")
          .causes(
              "\"Require Proof Key for Code Exchange (PKCE)\" is selected on the app's page; for an External Client App it is selected by"
                  + " default.",
              "The org requires PKCE of all apps, in its OAuth and OpenID Connect Settings.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(
              DEVELOPER,
              "With a callback of your own, build the flow with withPkce(). Untick \"Require Proof Key for Code Exchange (PKCE)\" only for"
                  + " Ampersand's callback, and only if the app is used in at most two customers' production orgs, because Salesforce demands"
                  + " PKCE of apps with more.")),

  /** A requested scope is not among the app's. */
  SCOPE_NOT_ALLOWED(
      signIn("scope-not-allowed", "Scope not allowed")
          .code("invalid_scope", CALLBACK, ERROR_PAGE)
          .code("1804", ERROR_PAGE)
          .text("requested scope is", "invalid_scope", CALLBACK, ERROR_PAGE)
          .meaning("The app does not have a scope that was requested, or it is not a scope.")
          .causes(
              "The scope is not selected on the app's page, where refresh_token is called \"Perform requests at any time\".",
              "The scope is misspelled, or the scopes are separated by commas.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(
              DEVELOPER,
              "Select the scope on the app's page in Salesforce and wait ten minutes, or request fewer scopes.")),

  /** Access was denied, usually by the user. */
  USER_DECLINED(
      signIn("user-declined", "Access denied")
          .code("access_denied", CALLBACK)
          .text("end-user denied authorization", "access_denied", CALLBACK)
          .meaning("Access was denied. Salesforce gives this answer when the user clicks Deny.")
          .verdict(FINAL, DECLINED)
          .actor(END_USER, "Connect Salesforce again when you are ready to give access.")),

  /** The request was to be answered without a page, which is not possible. */
  USER_MUST_INTERACT(
      signIn("user-has-to-be-asked", "User interaction required")
          .code("immediate_unsuccessful", CALLBACK)
          .meaning(
              "The request asked Salesforce to show no page, but the user must sign in or approve first.")
          .causes("The request had immediate=true, or a prompt that allows no page.")
          .verdict(FINAL, DECLINED)
          .actor(END_USER, "Connect Salesforce again.")),

  /** The user did not finish in time. */
  APPROVAL_TIMED_OUT(
      signIn("consent-took-too-long", "Approval took too long")
          .text("complete the approval process before it expired", "", ERROR_PAGE)
          .meaning("The user did not sign in and approve before the attempt expired.")
          .causes(
              "The page was left open.",
              "An old address was opened again, or the browser's Back button was used: each attempt needs a new authorization URL.")
          .verdict(FINAL, REVOKED_OR_EXPIRED)
          .actor(END_USER, "Connect Salesforce again, without a long pause.")),

  /** The app admits only users whom an admin approved. */
  ADMIN_APPROVAL_REQUIRED(
      signIn("approval-by-an-administrator-missing", "Admin approval missing")
          .code("invalid_app_access", CALLBACK, ERROR_PAGE, TOKEN)
          .text("not admin approved", "invalid_app_access", CALLBACK, ERROR_PAGE, TOKEN)
          .meaning("The app admits only users whom an admin approved, and this user is not one.")
          .causes(
              "Permitted Users is \"Admin approved users are pre-authorized\", and neither the user's profile nor a permission set is"
                  + " assigned to the app.")
          .verdict(BLOCKED, USER_NOT_PERMITTED)
          .actor(
              PROVIDER_ADMIN,
              "In Setup, open the app's policies and assign the user's profile or a permission set. Or set Permitted Users to \"All users may"
                  + " self-authorize\".")),

  /** Access to the app was denied, for one of several reasons. */
  APP_ACCESS_DENIED(
      signIn("app-access-denied", "Access to the app denied")
          .code("OAUTH_APP_ACCESS_DENIED", CALLBACK)
          .text("app access denied", "OAUTH_APP_ACCESS_DENIED", CALLBACK)
          .meaning(
              "Salesforce denied access to the app. It gives this answer when the user is not approved for the app, when the user declined, or"
                  + " when the app's IP restrictions exclude the user; it does not say which.")
          .causes(
              "Permitted Users is \"Admin approved users are pre-authorized\", and neither the user's profile nor a permission set is"
                  + " assigned to the app.",
              "The user declined.",
              "The app's IP restrictions exclude the user's address.")
          .verdict(BLOCKED, USER_NOT_PERMITTED)
          .actor(
              PROVIDER_ADMIN,
              "In Setup, open the app's policies and check Permitted Users and IP Relaxation. Assign the user's profile or a permission set"
                  + " where admin approval is required.")),

  /** An admin blocked the app. */
  APP_BLOCKED_BY_ADMIN(
      signIn("app-blocked", "App blocked")
          .code("OAUTH_APP_BLOCKED", CALLBACK)
          .code("app_blocked", CALLBACK)
          .code("fail_close_app_blocked", CALLBACK)
          .text("blocked by admin", "OAUTH_APP_BLOCKED", CALLBACK)
          .meaning("The org blocks this app.")
          .causes(
              "An admin blocked it on the page Connected Apps OAuth Usage.",
              "API Access Control admits listed apps only.")
          .verdict(BLOCKED, APP_BLOCKED)
          .actor(
              PROVIDER_ADMIN,
              "In Setup, on the page Connected Apps OAuth Usage, unblock or install the app. If API Access Control is on, allow the app"
                  + " there.")),

  /** The app is not installed in the org. */
  APP_NOT_INSTALLED(
      signIn("app-not-installed", "App not installed")
          .text("app must be installed", "invalid_client", ERROR_PAGE, TOKEN)
          .meaning("The app is not installed in the customer's org.")
          .causes(
              "Since September 2025 only users with the permission \"Approve Uninstalled Connected Apps\" can connect an app that is not"
                  + " installed.",
              "The app was uninstalled.")
          .verdict(BLOCKED, APP_BLOCKED)
          .actor(
              PROVIDER_ADMIN,
              "In Setup, on the page Connected Apps OAuth Usage, install the app, or install its package. If the app is not listed there, a"
                  + " user with the permission \"Approve Uninstalled Connected Apps\" can connect it.")),

  /** The External Client App is not installed in the org. */
  EXTERNAL_CLIENT_APP_NOT_INSTALLED(
      signIn("external-client-app-not-installed", "External Client App not installed")
          .code("OAUTH_EC_APP_NOT_FOUND", CALLBACK, ERROR_PAGE)
          .text(
              "external client app is not installed",
              "OAUTH_EC_APP_NOT_FOUND",
              CALLBACK,
              ERROR_PAGE,
              TOKEN)
          .meaning("The org that the user is signed in to does not have this External Client App.")
          .causes(
              "Its package is not installed there. Installing it in production does not add it to existing sandboxes.",
              "The browser is signed in to another org, or the login host belongs to another org.",
              "The app's Distribution State is Local, and the user belongs to another org than the app.",
              "It was installed a moment ago.")
          .verdict(BLOCKED, APP_BLOCKED)
          .actor(
              PROVIDER_ADMIN,
              "Install the app's package in this org, even if it is a sandbox of an org that has it. If it is installed, sign out of"
                  + " Salesforce and connect again at the org's My Domain.")),

  /** Codes about the app that Salesforce lists without an explanation. */
  APP_UNAVAILABLE_BY_NAME(
      signIn("app-not-available", "App not available")
          .code("app_not_found", CALLBACK)
          .code("installation_error", CALLBACK)
          .code("ecapp_policy_not_found", CALLBACK)
          .code("oauth_policy_not_found", CALLBACK)
          .meaning(
              "Salesforce lists this code but does not document it. Its name suggests that the app or its policy is not in this org.")
          .causes(
              "The app or its package is not installed in the org.",
              "The browser is signed in to another org.")
          .verdict(BLOCKED, APP_BLOCKED)
          .actor(
              PROVIDER_ADMIN,
              "In Setup, check on the page Connected Apps OAuth Usage whether the app is installed, and install it or its package.")),

  /** The External Client App does not serve other orgs than its own. */
  EXTERNAL_CLIENT_APP_LOCAL(
      signIn("external-client-app-of-another-org", "External Client App of another org")
          .code("OAUTH_AUTHORIZATION_BLOCKED", CALLBACK, ERROR_PAGE)
          .code("invalid_distribution_state", CALLBACK)
          .text(
              "cross-org OAuth flows are not supported",
              "OAUTH_AUTHORIZATION_BLOCKED",
              CALLBACK,
              ERROR_PAGE)
          .meaning(
              "Salesforce does not let users of one org connect to this External Client App of another org.")
          .causes(
              "The app's Distribution State is Local.",
              "The browser still has a session with another org.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(
              DEVELOPER,
              "Package the app, and ask the customer to install the package. If the user belongs to the app's own org, start again with"
                  + " prompt=login or in a private window.")),

  /** The approval failed without a reason. */
  APPROVAL_FAILED(
      signIn("approval-error-without-a-reason", "Approval error without a reason")
          .code("OAUTH_APPROVAL_ERROR_GENERIC", ERROR_PAGE)
          .text("unexpected error has occur", "OAUTH_APPROVAL_ERROR_GENERIC", ERROR_PAGE)
          .meaning("Salesforce could not finish the approval. Its page does not say why.")
          .causes(
              "The app is not installed in the org, and the user may not approve such apps.",
              "A scope that the app needs, such as refresh_token, is not selected on its page.",
              "The user may use APIs only.",
              "Single sign-on interrupts the approval.",
              "The org requires PKCE of all apps.",
              "The user is an Experience Cloud user.")
          .actor(
              PROVIDER_ADMIN,
              "Copy the address of the page from the browser: its error and error_description often name the reason. If they do not, check"
                  + " first whether the app is installed in the org.")),

  /** Salesforce's older error page, code 1800. */
  REMOTE_ACCESS_PROBLEM(
      signIn("remote-access-not-set-up", "Remote access problem")
          .code("1800", ERROR_PAGE)
          .text("setting up your remote access", "1800", ERROR_PAGE)
          .meaning("Salesforce could not open the app for the user. It does not say why.")
          .causes(
              "The app was deleted.",
              "A scope is not selected on the app's page.",
              "The user signs in by single sign-on, which is not set up for this.")
          .verdict(UNKNOWN, MISCONFIGURED)
          .actor(
              DEVELOPER,
              "Check that the app exists and has every scope that is requested. If it does, ask the org's admin to check single sign-on.")),

  /** The user is inactive. */
  USER_IS_INACTIVE(
      signIn("inactive-user", "Inactive user")
          .code("inactive_user", CALLBACK, TOKEN)
          .text("inactive user", "invalid_grant", CALLBACK, TOKEN)
          .meaning("Salesforce says that the user is inactive.")
          .causes("An admin deactivated or froze the user.", "The user is locked out.")
          .verdict(BLOCKED, USER_INACTIVE)
          .actor(
              PROVIDER_ADMIN,
              "In Setup, on the page Users, activate or unfreeze the user. Or connect with another user.")),

  /** The org is inactive. */
  ORG_IS_INACTIVE(
      signIn("inactive-org", "Inactive org")
          .code("inactive_org", CALLBACK, TOKEN)
          .code("ORG_LOCKED", API)
          .code("TRIAL_EXPIRED", API)
          .text("inactive organization", "invalid_grant", CALLBACK, TOKEN)
          .meaning("The whole Salesforce org is inactive: locked, closed, or past its trial.")
          .verdict(BLOCKED, OTHER)
          .actor(PROVIDER_ADMIN, "Contact Salesforce to reactivate the org.")),

  /** The OAuth flow is turned off. */
  FLOW_DISABLED(
      signIn("flow-switched-off", "OAuth flow turned off")
          .code("oauth_flow_disabled", CALLBACK, TOKEN)
          .meaning(
              "Salesforce lists this code but does not document it. Its name says that the OAuth flow is turned off, for the app or in the org.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(
              PROVIDER_ADMIN,
              "Enable the web server flow on the app's page, and allow it in Setup on the page OAuth and OpenID Connect Settings.")),

  /** The response type was not accepted. */
  RESPONSE_TYPE_NOT_SUPPORTED(
      signIn("response-type-not-supported", "Response type not supported")
          .code("unsupported_response_type", AUTHORIZE, CALLBACK)
          .text("response type not supported", "unsupported_response_type", AUTHORIZE, CALLBACK)
          .meaning("Salesforce did not accept the response type of the authorization request.")
          .causes(
              "The address was changed on its way to the browser: its response_type must be code.",
              "The web server flow is turned off for the app or in the org.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(
              DEVELOPER,
              "Send the user to the authorization URL without changing it, and check that the web server flow is enabled for the app.")),

  /** A parameter is missing or not accepted. */
  REQUEST_NOT_ACCEPTED(
      signIn("request-not-accepted", "Request not accepted")
          .code("invalid_request", AUTHORIZE, CALLBACK, TOKEN)
          .meaning(
              "A parameter is missing, or Salesforce does not accept one; its description says which.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(
              DEVELOPER,
              "Read Salesforce's description, and compare callback, scopes and login host with the app's settings.")),

  /** The request is malformed. */
  MALFORMED_REQUEST(
      signIn("malformed-request", "Malformed request")
          .code("redirect_uri_missing", AUTHORIZE, TOKEN)
          .code("invalid_basic_auth_header", TOKEN)
          .text("HTTPS required", "invalid_request", AUTHORIZE)
          .text("must use GET", "invalid_request", AUTHORIZE)
          .text("out-of-band not supported", "invalid_request", AUTHORIZE)
          .meaning("The request has a form that neither this SDK nor Ampersand sends.")
          .causes(
              "Something between them and Salesforce changed it: a proxy, or a message that cut a long address.",
              "It is a bug in the SDK or in Ampersand.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(
              AMPERSAND,
              "Check that nothing changes the request, such as a proxy. If nothing does, report it to Ampersand with Salesforce's description.")),

  // At the token endpoint.

  /** The refresh token is no longer accepted. */
  REFRESH_TOKEN_EXPIRED(
      token("refresh-token-not-accepted", "Refresh token no longer accepted")
          .text("expired access/refresh token", "invalid_grant", TOKEN)
          .meaning("Salesforce no longer accepts this refresh token here. It does not say why.")
          .causes(
              "The user or an admin revoked the grant, or ended its sessions.",
              "It reached the end that the app's refresh token policy sets, such as 30 days without use.",
              "The same user connected the same app more than five times, and Salesforce ended the oldest grant.",
              "A refresh replaced it with a newer token (rotation), and the old one was sent again: another process may have stored the newer"
                  + " one.",
              "It was issued by another login host, or to another app: compare host and Consumer Key with those in the stored tokens.",
              "The user was deactivated or has a new password, the app was uninstalled or blocked, the sandbox was refreshed, or Salesforce"
                  + " ended the grant as a precaution.")
          .verdict(FINAL, REVOKED_OR_EXPIRED)
          .actor(END_USER, "Connect Salesforce again.")),

  /** The refresh token reached the limit of its policy. */
  REFRESH_TOKEN_PAST_POLICY(
      token("refresh-token-past-its-policy", "Refresh token past its policy")
          .text("token validity expired", "invalid_grant", TOKEN)
          .meaning("The refresh token reached the age or the idle time that its policy allows.")
          .causes(
              "It was not used for the time that the app's refresh token policy sets, such as 30 days. Refresh idle connections before that.",
              "It is older than the policy allows. An admin can relax the app's refresh token policy.")
          .verdict(FINAL, REVOKED_OR_EXPIRED)
          .actor(END_USER, "Connect Salesforce again.")),

  /** The code was used, or is too old. */
  CODE_EXPIRED(
      token("code-expired-or-used", "Authorization code expired or already used")
          .text("expired authorization code", "invalid_grant", EXCHANGE)
          .meaning(
              "The code was used before, or has expired: a code works once, and for 15 minutes.")
          .causes(
              "The callback was loaded twice, prefetched by a browser, or the exchange was sent again. Answer the callback with a redirect.",
              "The exchange came more than 15 minutes after the approval. Exchange the code as soon as it arrives.")
          .verdict(FINAL, REVOKED_OR_EXPIRED)
          .actor(END_USER, "Connect Salesforce again.")),

  /** Salesforce does not know the code. */
  CODE_UNKNOWN(
      token("invalid-code", "Invalid authorization code")
          .text("invalid authorization code", "invalid_grant", EXCHANGE)
          .meaning("Salesforce does not know this code.")
          .causes(
              "It was not decoded exactly once: codes end in %3D%3D, which stands for two equals signs.",
              "It was issued to another app, or at the host of another org.", "It was cut.")
          .verdict(FINAL, MISCONFIGURED)
          .actor(
              DEVELOPER,
              "Give the SDK the callback's query exactly as it arrived, and exchange the code at the host that issued it. Then ask the user to"
                  + " connect again.")),

  /** The PKCE verifier does not match the challenge. */
  CODE_VERIFIER_MISMATCH(
      token("pkce-verifier-does-not-fit", "PKCE verifier does not match")
          .text("code verifier", "invalid_grant", EXCHANGE)
          .meaning(
              "The PKCE verifier is missing, or does not match the challenge with which the code was requested.")
          .causes(
              "Code and verifier come from two attempts of the same user, for example in two tabs.",
              "The attempt was not kept until the user came back, so its verifier is lost.")
          .verdict(FINAL, MISCONFIGURED)
          .actor(
              DEVELOPER,
              "Keep each AuthorizationRequest for at least 15 minutes, and find it again by the state that comes back. Then ask the user to"
                  + " connect again.")),

  /** The Consumer Secret is wrong. */
  WRONG_CONSUMER_SECRET(
      token("wrong-consumer-secret", "Wrong Consumer Secret")
          .code("invalid_client", TOKEN)
          .code("invalid_client_credentials", TOKEN)
          .text("invalid client credentials", "invalid_client", TOKEN)
          .meaning("Salesforce does not accept the Consumer Secret for this Consumer Key.")
          .causes(
              "The Consumer Secret was not copied completely, or belongs to another app.",
              "It was regenerated or rotated, and this program still has the old one.")
          .verdict(BLOCKED, WRONG_CREDENTIALS)
          .actor(
              DEVELOPER,
              "Copy the Consumer Secret again from the app's page. The stored tokens are still good.")),

  /** Another request with the same refresh token is in progress. */
  REFRESH_IN_PROGRESS(
      token("refresh-under-way", "Refresh already in progress")
          .text("token request is already being processed", "invalid_grant", TOKEN)
          .text("expired authorization code", "invalid_grant", REFRESH)
          .meaning(
              "Salesforce is still processing another request with the same refresh token. The grant is good, and the other request may"
                  + " replace the token.")
          .causes(
              "Two processes, or two programs, refresh the same grant at the same time.",
              "An earlier refresh timed out here, and Salesforce had not finished it.")
          .verdict(PASSING, ALREADY_PROCESSING)
          .actor(
              NONE,
              "Wait, and read the stored tokens again: the other request may have brought newer ones. Refresh once more only if it did not.")),

  /** The token endpoint did not find a form with a grant type. */
  GRANT_TYPE_NOT_SUPPORTED(
      token("grant-type-not-supported", "Grant type not supported")
          .code("unsupported_grant_type", TOKEN)
          .text("grant type not supported", "unsupported_grant_type", TOKEN)
          .meaning("Salesforce did not find a grant type that it supports in the request.")
          .causes(
              "A proxy or transport sent the form without its Content-Type, or not in the body.",
              "The request was redirected, from http or from a wrong host, and lost its body.",
              "The login host does not belong to the org.",
              "The flow is turned off for the app.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(
              DEVELOPER,
              "Use https and the org's My Domain as the login host. Check that no proxy or custom transport changes the form.")),

  /** A token request had a scope. */
  SCOPE_IN_TOKEN_REQUEST(
      token("scope-in-a-token-request", "Scope in a token request")
          .text("scope parameter", "invalid_request", TOKEN)
          .meaning("A token request had a scope, which Salesforce accepts only at /authorize.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(
              DEVELOPER,
              "Look for a proxy or transport that adds the scope; this SDK never sends one there.")),

  /** Code or refresh token is not accepted, with a description that is not in the catalog. */
  GRANT_NOT_ACCEPTED(
      token("grant-not-accepted", "Grant not accepted")
          .code("invalid_grant", TOKEN)
          .meaning(
              "Salesforce does not accept the code or the refresh token, for a reason that is not in the catalog. It uses this code for many"
                  + " refusals that do not end a grant.")
          .causes(
              "The refresh token was revoked, replaced, or not used for too long.",
              "The code was used before, or is older than 15 minutes.",
              "Login host or app differ from those with which the grant was made.")
          .actor(
              END_USER,
              "Try again in a few minutes. If that does not help, connect Salesforce again.")),

  /** The user could not be authenticated. */
  AUTHENTICATION_FAILED(
      token("authentication-failed", "Authentication failed")
          .code("login_error", TOKEN)
          .code("INVALID_LOGIN", API)
          .code("PASSWORD_LOCKOUT", API)
          .text("authentication failure", "invalid_grant", TOKEN)
          .text("invalid username, password", "INVALID_LOGIN", API)
          .meaning(
              "Salesforce did not let the user sign in. It does not say why; the org's Login History has the reason.")
          .causes(
              "The user is locked out, or the password has expired.",
              "The org restricts who may sign in, from where, or how.",
              "Username, password or security token is wrong, in flows that send them; this SDK's flow does not.")
          .verdict(BLOCKED, USER_NOT_PERMITTED)
          .actor(
              PROVIDER_ADMIN,
              "In Setup, find the attempt on the page Login History, and fix what its Status says.")),

  /** The session's security level is too low. */
  SESSION_LEVEL_TOO_LOW(
      token("session-security-level", "Session security level too low")
          .code("invalid_session_level", TOKEN)
          .meaning(
              "Salesforce lists this code but does not document it. Its name suggests that the user or the app needs a session of a higher"
                  + " security level.")
          .causes("The profile or the app requires High Assurance sessions.")
          .verdict(BLOCKED, USER_NOT_PERMITTED)
          .actor(
              PROVIDER_ADMIN,
              "In Setup, check the session security level that the user's profile and the app's policies require.")),

  /** The server's IP address is not allowed. */
  ADDRESS_NOT_ALLOWED(
      token("address-or-hour-not-allowed", "IP address not allowed")
          .code("LOGIN_DURING_RESTRICTED_DOMAIN", API)
          .text("ip restricted", "invalid_grant", TOKEN)
          .meaning(
              "Salesforce does not accept this request from this server's IP address, or not at this hour. A stored grant is still good; a code"
                  + " that was refused is not used again.")
          .causes(
              "The app has an IP allowlist for refresh tokens, which covers code exchanges as well, and this server is not in it.",
              "The user's profile has Login IP Ranges that exclude this server.",
              "The app's IP Relaxation policy enforces IP restrictions.",
              "The user's profile has Login Hours, where the description mentions them.")
          .verdict(BLOCKED, IP_BLOCKED)
          .actor(
              PROVIDER_ADMIN,
              "Add this server's addresses to the app's IP allowlist for refresh tokens and to the Login IP Ranges of the user's profile, or"
                  + " relax the app's IP Relaxation policy. If the user was connecting, connect again afterwards.")
          .alsoFor(
              DEVELOPER,
              "Give the customer's admin the addresses from which this server sends token requests; API calls may use others.")),

  /** The user may not sign in at this hour. */
  OUTSIDE_LOGIN_HOURS(
      token("outside-login-hours", "Outside the login hours")
          .code("LOGIN_DURING_RESTRICTED_TIME", API)
          .text("login hours", "invalid_grant", TOKEN)
          .meaning(
              "The user may not sign in at this hour. A stored grant is still good, and works again in the allowed hours.")
          .causes("The user's profile has Login Hours.")
          .verdict(BLOCKED, USER_NOT_PERMITTED)
          .actor(
              PROVIDER_ADMIN,
              "In Setup, extend the Login Hours of the user's profile, or connect with a user whose profile has none.")),

  /** Salesforce has no approval of this user for this app. */
  USER_NOT_APPROVED(
      token("consent-withdrawn", "User has not approved the app")
          .text("hasn't approved this consumer", "invalid_grant", TOKEN)
          .meaning("Salesforce has no approval of this user for this app. It does not say why.")
          .causes(
              "The user or an admin withdrew the approval, or it was never given.",
              "The app signs in by JWT, and no admin pre-authorized the user: assign the profile or a permission set to the app.")
          .verdict(UNKNOWN, REVOKED_OR_EXPIRED)
          .actor(END_USER, "Connect Salesforce again.")),

  /** The user signed in too often. */
  LOGIN_RATE_EXCEEDED(
      token("login-rate-exceeded", "Login rate exceeded")
          .code("rate_limit_exceeded", TOKEN)
          .code("LOGIN_RATE_EXCEEDED", TOKEN, API)
          .text("login rate exceeded", "rate_limit_exceeded", TOKEN)
          .meaning("The user signed in more than 3,600 times within an hour. Refreshes may count.")
          .causes(
              "A program refreshes before each call; once per session is enough.",
              "Many programs use the same Salesforce user.")
          .verdict(THROTTLED, TOO_MANY_REQUESTS)
          .actor(
              NONE,
              "Wait up to an hour. Refresh only when a session ends, and give each integration its own Salesforce user.")),

  /** Salesforce failed, and asks for a retry. */
  RETRY_REQUESTED(
      token("salesforce-asks-to-retry", "Salesforce asks to retry")
          .code("unknown_error", TOKEN)
          .text("retry your request", "unknown_error", TOKEN)
          .meaning("Salesforce could not process the request, and asks to retry it.")
          .causes("A temporary fault at Salesforce.", "The login host does not belong to the org.")
          .verdict(PASSING, PROVIDER_TROUBLE)
          .actor(
              NONE,
              "Retry a few times with growing pauses; instead of a code exchange, start a new sign-in. If it persists, use the org's My Domain"
                  + " as the login host.")),

  /** Salesforce, or the org, is down. */
  UNAVAILABLE(
      token("salesforce-in-trouble", "Salesforce not available")
          .code("server_error", TOKEN)
          .code("service_unavailable", TOKEN)
          .code("temporarily_unavailable", TOKEN)
          .code("system_down", TOKEN)
          .code("SERVER_UNAVAILABLE", API)
          .code("FUNCTIONALITY_TEMPORARILY_UNAVAILABLE", API)
          .text("down for maintenance", "SERVER_UNAVAILABLE", TOKEN, API)
          .meaning("Salesforce or this org is not available now, for example during maintenance.")
          .verdict(PASSING, PROVIDER_TROUBLE)
          .actor(
              NONE,
              "Retry later, with growing pauses. Salesforce's status page shows the state of the org's instance.")),

  /** The login host does not offer this flow. */
  HOST_NOT_SUPPORTED(
      token("login-host-does-not-serve-this", "Not supported at this login host")
          .text("request not supported on this domain", "invalid_grant", TOKEN)
          .meaning("The login host does not support this request.")
          .causes("Shared login hosts do not support the client credentials flow.")
          .verdict(BLOCKED, WRONG_HOST_OR_APP)
          .actor(DEVELOPER, "Use the org's My Domain as the login host.")),

  /** The token to revoke is not known. */
  TOKEN_NOT_KNOWN(
      token("token-not-known", "Token to revoke not known")
          .code("invalid_token", REVOCATION)
          .code("unsupported_token_type", REVOCATION)
          .meaning("The host does not know the token, or cannot revoke a token of this kind.")
          .causes("It expired, or was revoked before.", "Another host issued it.")
          .verdict(UNKNOWN, WRONG_HOST_OR_APP)
          .actor(
              DEVELOPER,
              "If you disconnect, there is nothing left to revoke, unless another login host issued the token. Revoke it there.")),

  /** The app requires DPoP. */
  DPOP_REQUIRED(
      token("dpop-required", "DPoP required")
          .code("use_dpop_nonce", TOKEN)
          .code("invalid_dpop_proof", TOKEN)
          .meaning("The app binds tokens to keys (DPoP), which this SDK does not support.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(DEVELOPER, "Turn DPoP off on the app's page in Salesforce.")),

  /** A JWT bearer sign-in is not set up. */
  JWT_BEARER_NOT_SET_UP(
      token("jwt-bearer-not-set-up", "JWT bearer flow not set up")
          .code("bad_jti_claim", TOKEN)
          .code("invalid_assertion_type", TOKEN)
          .text("refresh_token scope is required", "invalid_request", TOKEN)
          .text("invalid assertion", "invalid_grant", TOKEN)
          .meaning(
              "Salesforce does not accept the JWT of a sign-in without a browser. It does not say why.")
          .causes(
              "The JWT is signed with another key than the one whose certificate is on the app's page, or the certificate has expired.",
              "The app lacks the scope refresh_token, is not installed, or no admin pre-authorized the user.",
              "The JWT was to be good for more than three minutes, for example because the clock of the server that signed it is fast.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(
              DEVELOPER,
              "Compare the certificate on the app's page with the signing key, and check the server's clock. Add the scope refresh_token to"
                  + " the app, and ask an admin to pre-authorize the user.")),

  /** No admin pre-authorized the user of a JWT. */
  USER_NOT_PREAUTHORIZED(
      token("user-not-preauthorized", "User not pre-authorized")
          .text("hasn't approved this consumer", "invalid_grant", MINT)
          .meaning(
              "Salesforce does not let this app sign in as this user without a browser. It does not say why.")
          .causes(
              "No admin pre-authorized the user for the app.",
              "The user belongs to another org than the host, or the username is misspelled or an email address.",
              "The app lacks the scope refresh_token.")
          .verdict(BLOCKED, USER_NOT_PERMITTED)
          .actor(
              PROVIDER_ADMIN,
              "On the app's page, set Permitted Users to \"Admin approved users are pre-authorized\", and assign the user's profile or a"
                  + " permission set of the user to the app.")),

  /** The audience of the JWT does not fit the org. */
  JWT_AUDIENCE(
      token("jwt-audience", "Audience of the JWT not accepted")
          .text("audience validation failed", "invalid_grant", TOKEN)
          .text("audience is invalid", "invalid_grant", TOKEN)
          .meaning("The audience (aud) of the JWT does not fit the org to which it was sent.")
          .causes(
              "A sandbox wants https://test.salesforce.com, a production org https://login.salesforce.com, and an Experience Cloud site its"
                  + " own address, whatever the host of the request.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(DEVELOPER, "Set the audience that fits the kind of org.")),

  /** The JWT had expired. */
  JWT_EXPIRED(
      token("jwt-expired", "JWT expired")
          .text("expired authorization code", "invalid_grant", MINT)
          .meaning(
              "The JWT had expired when Salesforce read it. Salesforce uses the words of an expired code for this.")
          .causes(
              "The clock of the server that signed it is slow by more than the lifetime of the JWT.")
          .verdict(PASSING, MISCONFIGURED)
          .actor(
              DEVELOPER,
              "Synchronize the server's clock; the next attempt then succeeds. No stored grant is lost.")),

  /** A client credentials sign-in is not set up. */
  CLIENT_CREDENTIALS_NOT_SET_UP(
      token("client-credentials-not-set-up", "Client credentials flow not set up")
          .text("no client credentials user enabled", "invalid_grant", TOKEN)
          .text("no valid scopes defined", "invalid_grant", TOKEN)
          .meaning(
              "A sign-in by client credentials was refused: the app lacks the user or the scopes for it.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(PROVIDER_ADMIN, "On the app's page, set the Run As user, and select scopes.")),

  /** The error belongs to a flow that this SDK does not use. */
  OTHER_FLOW(
      token("error-of-another-flow", "Error of another flow")
          .code("authorization_pending", TOKEN)
          .code("slow_down", TOKEN)
          .code("app_attest_failed", TOKEN)
          .code("app_attest_failed_retry", TOKEN)
          .code("exceeded_registration_limit", TOKEN)
          .code("failed_registration", TOKEN)
          .code("registration_error", TOKEN)
          .code("invalid_otp", TOKEN)
          .code("otp_error", TOKEN)
          .code("invalid_expid", TOKEN)
          .code("unsupported_expid", TOKEN)
          .code("wrong_version", TOKEN)
          .meaning(
              "By its name, the code belongs to devices, registration, attestation, one-time passwords or site branding, which this SDK does"
                  + " not use.")
          .actor(
              DEVELOPER,
              "Find out which program sent the request. If it was this SDK, report it to Ampersand.")),

  // In API calls.

  /** The session ended: the only error of calls that a new access token fixes. */
  SESSION_ENDED(
      call("session-over", "Session ended")
          .code("INVALID_SESSION_ID", API)
          .code("InvalidSessionId", API)
          .code("Bad_OAuth_Token", API)
          .code("INVALID_JWT_FORMAT", API)
          .code("invalid_token", API)
          .code("401::Authentication invalid", API)
          .code("401::Request requires authentication", API)
          .text("session expired or invalid", "INVALID_SESSION_ID", API)
          .text("invalid session id", "INVALID_SESSION_ID", API)
          .meaning(
              "Salesforce does not accept the access token: its session ended, or this host does not know it.")
          .causes(
              "The session reached its end.",
              "The call went to another host than the instance URL of the latest token response.",
              "The session is locked to another IP address.",
              "API Access Control blocks the app.",
              "A JWT access token was sent to an API that does not take one.")
          .actor(
              DEVELOPER,
              "Refresh once and repeat the call once, at the instance URL that came with the new token. If that is refused too, do not refresh"
                  + " again: check the other causes.")),

  /** The session may not be used for the API. */
  SESSION_NOT_FOR_API(
      call("api-scope-missing", "Session not valid for the API")
          .text("session is not valid for use with", "INVALID_SESSION_ID", API)
          .meaning(
              "The session may not call this API, and a refresh does not change that. Salesforce gives this answer when the app lacks the scope"
                  + " api, when the app or its IP address is blocked, or when the profile requires High Assurance sessions; it does not say"
                  + " which.")
          .causes(
              "The scope \"Manage user data via APIs (api)\" is not selected on the app's page, or was not requested. Select and request it, and"
                  + " let the user connect again.",
              "The app's IP Relaxation policy enforces IP restrictions that exclude the address.",
              "The user's profile requires High Assurance sessions.",
              "The app is blocked, or API Access Control blocks it.")
          .verdict(UNKNOWN, USER_NOT_PERMITTED)
          .actor(
              PROVIDER_ADMIN,
              "In Setup, check that the app has the scope \"Manage user data via APIs (api)\", is not blocked, and has an IP Relaxation policy"
                  + " that admits this server. Check also the session security level that the user's profile requires.")
          .alsoFor(
              DEVELOPER,
              "Check that the app has the scope \"Manage user data via APIs (api)\" and requests it; after a change, the user connects again. The"
                  + " other causes are settings of the customer's admin.")),

  /** The call went to the login host. */
  WRONG_API_HOST(
      call("wrong-api-host", "Wrong host for API calls")
          .code("URL_NOT_RESET", API)
          .text("destination url not reset", "UNKNOWN_EXCEPTION", API)
          .meaning("The call went to a login host, which does not serve the org's data.")
          .verdict(BLOCKED, WRONG_HOST_OR_APP)
          .actor(
              DEVELOPER,
              "Send API calls to the instance_url of the latest token response, as SalesforceHttp does.")),

  /** The app is not attached to the agent. */
  APP_NOT_ATTACHED_TO_AGENT(
      call("app-not-attached-to-the-agent", "App not attached to the agent")
          .text("connected app is not attached to agent", "", API)
          .meaning(
              "Salesforce says that the app is not attached to the agent that was called. A refresh does not change that.")
          .verdict(BLOCKED, APP_BLOCKED)
          .actor(PROVIDER_ADMIN, "In Setup, attach the app to the agent.")),

  /** There is no access token in the call. */
  AUTHORIZATION_HEADER_MISSING(
      call("authorization-header-missing", "Authorization header missing")
          .code("INVALID_AUTH_HEADER", API)
          .code("Missing_OAuth_Token", API)
          .meaning("Salesforce did not find an access token that it can read in the call.")
          .causes(
              "The header is not written as \"Authorization: Bearer\" and the token.",
              "A proxy or a redirect removed the header.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(
              DEVELOPER,
              "Send \"Authorization: Bearer\", one space and the access token, directly to the instance URL.")),

  /** Too many requests at the same time. */
  CONCURRENT_REQUEST_LIMIT(
      call("concurrent-request-limit", "Too many concurrent requests")
          .code("EXCEEDED_RATE_LIMIT", API)
          .code("TOO_MANY_APEX_REQUESTS", API)
          .text("concurrentrequests", "REQUEST_LIMIT_EXCEEDED", API)
          .text("concurrent api requests", "REQUEST_LIMIT_EXCEEDED", API)
          .text("concurrentperorg", "REQUEST_LIMIT_EXCEEDED", API)
          .meaning("Too many long requests of the org are running at the same time.")
          .verdict(THROTTLED, TOO_MANY_REQUESTS)
          .actor(NONE, "Retry with growing pauses, and send fewer requests at the same time.")),

  /** The org reached an API request limit. */
  REQUEST_LIMIT_REACHED(
      call("request-limit-reached", "API request limit reached")
          .code("REQUEST_LIMIT_EXCEEDED", API)
          .text("totalrequests limit exceeded", "REQUEST_LIMIT_EXCEEDED", API)
          .meaning("The org reached one of its API request limits.")
          .causes(
              "The requests of all programs within 24 hours reached the org's limit.",
              "Too many long requests are running at the same time, if the description mentions concurrent requests.")
          .verdict(THROTTLED, TOO_MANY_REQUESTS)
          .actor(
              NONE,
              "Wait, and send fewer requests with more records in each. The page System Overview in Setup shows the usage, and Salesforce sells"
                  + " higher limits.")),

  /** The org or the user may not use the API. */
  API_DISABLED(
      call("api-switched-off", "API not enabled")
          .code("API_DISABLED_FOR_ORG", API)
          .text("api is disabled for this user", "API_CURRENTLY_DISABLED", API)
          .text("api is not enabled for this", "API_DISABLED_FOR_ORG", API)
          .meaning("The API is not enabled for the org or the user.")
          .causes(
              "The org's edition does not include API access.",
              "The user's profile lacks the permission \"API Enabled\".")
          .verdict(BLOCKED, USER_NOT_PERMITTED)
          .actor(
              PROVIDER_ADMIN,
              "Give the user the permission \"API Enabled\". If the org's edition has no API access, ask Salesforce for it.")),

  /** The API is disabled, for now or for the user. */
  API_CURRENTLY_DISABLED(
      call("api-currently-disabled", "API currently disabled")
          .code("API_CURRENTLY_DISABLED", API)
          .meaning(
              "The API is disabled. Salesforce documents this code for system problems that pass, and also sends it for users without API"
                  + " access; only its description says which.")
          .causes(
              "A temporary problem at Salesforce.",
              "The user's profile lacks the permission \"API Enabled\".")
          .verdict(UNKNOWN, PROVIDER_TROUBLE)
          .actor(
              PROVIDER_ADMIN,
              "Try again later. If it persists, give the user the permission \"API Enabled\".")),

  /** A feature is not enabled. */
  FEATURE_NOT_ENABLED(
      call("feature-not-enabled", "Feature not enabled")
          .code("FUNCTIONALITY_NOT_ENABLED", API)
          .meaning(
              "The org or the user does not have a feature that the call needs. Some of Salesforce's documents use the code for features that"
                  + " are turned off for a time.")
          .verdict(UNKNOWN, USER_NOT_PERMITTED)
          .actor(
              PROVIDER_ADMIN,
              "Enable the feature that Salesforce's description names, for the org and for the user.")),

  /** The user lacks a permission. */
  PERMISSION_MISSING(
      call("permission-missing", "Permission missing")
          .code("INSUFFICIENT_ACCESS*", API)
          .code("FORBIDDEN", API)
          .meaning(
              "The user may not do this, or the resource is not available to this user. A refresh does not change that.")
          .verdict(BLOCKED, USER_NOT_PERMITTED)
          .actor(
              PROVIDER_ADMIN,
              "Give the user the permission on the object, field, record or class that Salesforce's description names, or connect with a user who"
                  + " has it.")),

  /** A transaction security policy blocked the call. */
  TRANSACTION_SECURITY(
      call("transaction-security", "Blocked by a transaction security policy")
          .code("TXN_SECURITY_*", API)
          .text("due to a security policy in your organization", "TXN_SECURITY_NO_ACCESS", API)
          .meaning(
              "A transaction security policy of the org does not allow the call, or demands that the user verifies their identity or ends"
                  + " another session first.")
          .verdict(BLOCKED, USER_NOT_PERMITTED)
          .actor(
              PROVIDER_ADMIN,
              "In Setup, on the page Transaction Security Policies, exempt this user or app, or change the policy's condition.")),

  /** The user's password has expired. */
  PASSWORD_EXPIRED(
      call("password-expired", "Password expired")
          .code("INVALID_OPERATION_WITH_EXPIRED_PASSWORD", API)
          .text("password has expired", "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", API)
          .meaning(
              "The password of the connected user has expired. A refresh does not change that.")
          .verdict(BLOCKED, USER_NOT_PERMITTED)
          .actor(
              PROVIDER_ADMIN,
              "Set a new password for the user, and give integration users the permission \"Password Never Expires\".")
          .alsoFor(
              END_USER,
              "Sign in to Salesforce and set a new password. Then connect Salesforce again.")),

  /** A security token is missing. */
  SECURITY_TOKEN_REQUIRED(
      call("security-token-required", "Security token required")
          .code("LOGIN_MUST_USE_SECURITY_TOKEN", API)
          .meaning(
              "A sign-in by username and password from this address needs the user's security token. This SDK does not use that flow.")
          .verdict(BLOCKED, USER_NOT_PERMITTED)
          .actor(
              DEVELOPER,
              "Append the security token to the password, or better, connect with OAuth.")),

  /** Salesforce asks the user to verify their identity. */
  VERIFICATION_REQUIRED(
      call("identity-verification-required", "Identity verification required")
          .code("LOGIN_CHALLENGE_ISSUED", API)
          .code("LOGIN_CHALLENGE_PENDING", API)
          .meaning("Salesforce asks the user to verify their identity before a sign-in from here.")
          .verdict(BLOCKED, USER_NOT_PERMITTED)
          .actor(
              PROVIDER_ADMIN,
              "In Setup, on the page Network Access, add this server's addresses to the Trusted IP Ranges. Or connect with OAuth, in a"
                  + " browser.")),

  /** Single sign-on failed. */
  SINGLE_SIGN_ON_FAILED(
      call("single-sign-on-failed", "Single sign-on failed")
          .code("INVALID_SSO_GATEWAY_URL", API)
          .code("SSO_SERVICE_DOWN", API)
          .meaning(
              "Salesforce could not sign the user in by single sign-on: its gateway address is not valid, or the service did not answer.")
          .verdict(UNKNOWN, OTHER)
          .actor(
              PROVIDER_ADMIN,
              "In Setup, on the page Single Sign-On Settings, check the delegated gateway URL and the service behind it.")),

  /** The API version is not supported. */
  API_VERSION_NOT_SUPPORTED(
      call("api-version-not-supported", "API version not supported")
          .code("UNSUPPORTED_API_VERSION", API)
          .meaning("Salesforce does not support the API version in the address.")
          .verdict(BLOCKED, MISCONFIGURED)
          .actor(DEVELOPER, "Use a version from the list at /services/data of the instance URL.")),

  /** The request is too large. */
  OPERATION_TOO_LARGE(
      call("operation-too-large", "Operation too large")
          .code("OPERATION_TOO_LARGE", API)
          .code("EXCEEDED_ID_LIMIT", API)
          .code("EXCEEDED_MAX_SIZE_REQUEST", API)
          .code("QUERY_TOO_COMPLICATED", API)
          .meaning(
              "The call touches more records, or is larger or more complex, than Salesforce allows. A retry does not change that.")
          .verdict(BLOCKED, OTHER)
          .actor(
              DEVELOPER,
              "Split the call, narrow the query with filters on indexed fields, or use Bulk API 2.0.")),

  /** A record was locked. */
  RECORD_LOCKED(
      call("record-locked", "Record locked by another request")
          .code("UNABLE_TO_LOCK_ROW", API)
          .meaning("Another request was changing the same record.")
          .verdict(PASSING, ALREADY_PROCESSING)
          .actor(
              NONE,
              "Retry with growing pauses. Avoid parallel changes to records of the same parent.")),

  /** The call ran too long. */
  CALL_TIMED_OUT(
      call("call-timed-out", "Call took too long at Salesforce")
          .code("QUERY_TIMEOUT", API)
          .code("REQUEST_RUNNING_TOO_LONG", API)
          .meaning("Salesforce ended the call because it took too long.")
          .verdict(PASSING, OTHER)
          .actor(DEVELOPER, "Retry once, then narrow the query with filters on indexed fields.")),

  /** The org has no storage left. */
  STORAGE_LIMIT_REACHED(
      call("storage-limit-reached", "Storage limit reached")
          .code("STORAGE_LIMIT_EXCEEDED", API)
          .code("EXCEEDED_QUOTA", API)
          .meaning("The org has no data or file storage left.")
          .verdict(BLOCKED, OTHER)
          .actor(
              PROVIDER_ADMIN,
              "Free storage, or buy more; the page Storage Usage in Setup shows what uses it.")),

  /** The host does not know the identity URL. */
  IDENTITY_NOT_FOUND(
      call("identity-not-found", "Identity not found")
          .code("Bad_Id", API)
          .code("Wrong_Org", API)
          .meaning("The host does not know the identity URL that was requested.")
          .causes(
              "The host belongs to another org.",
              "The identity URL is not the one that came with the tokens.")
          .verdict(UNKNOWN, WRONG_HOST_OR_APP)
          .actor(
              DEVELOPER,
              "Request the id that came with the tokens; if the login host does not know it, use the instance URL.")),

  /** An error that the catalog does not know. */
  NOT_IN_CATALOG(
      call("any-other-error", "Any other error")
          .meaning("Salesforce refused, and the catalog does not have the code.")
          .actor(
              DEVELOPER,
              "Look the code up in Salesforce's documentation; the org's Login History may say more."));

  // Immutable: the record's lists and maps are copies.
  @SuppressWarnings("ImmutableEnumChecker")
  private final EntryFacts facts;

  ErrorEntry(EntryFacts.Builder facts) {
    this.facts = facts.build();
  }

  /** Returns the stable name, such as {@code wrong-consumer-secret}. */
  public String id() {
    return facts.id();
  }

  /**
   * Returns where the documentation treats it, as {@link
   * com.withampersand.sdk.OAuthException#topic()} does: {@code errors.md#} and the id.
   */
  public String topic() {
    return "errors.md#" + id();
  }

  EntryFacts facts() {
    return facts;
  }
}
