package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import java.util.List;
import java.util.Locale;

/**
 * What Salesforce's refusals mean, on top of what RFC 6749 says. An error that is not listed stays
 * as it is.
 */
final class SalesforceErrors {
  private static final boolean RECONNECT = true;
  private static final boolean KEEP = false;

  /** The first row that fits counts, so those with a description come first. */
  private static final List<Row> ROWS =
      List.of(
          new Row(
              "invalid_request",
              "code challenge",
              Actor.DEVELOPER,
              KEEP,
              "The app requires PKCE, which this SDK leaves off. Untick \"Require Proof Key for Code Exchange (PKCE)\" on the app's page"
                  + " in Salesforce, or have the administrator lift the organisation's own setting."),
          new Row(
              "invalid_request",
              "scope parameter",
              Actor.DEVELOPER,
              KEEP,
              "A scope was sent with a token request. This SDK never does: look for a proxy or transport that adds it."),
          new Row(
              "invalid_grant",
              "authorization code",
              Actor.END_USER,
              RECONNECT,
              "The code was used before, is older than 15 minutes, or is another app's. Let the user start again; look for a callback that is"
                  + " loaded twice."),
          new Row(
              "invalid_grant",
              "code verifier",
              Actor.DEVELOPER,
              RECONNECT,
              "The code belongs to a request that was made with PKCE elsewhere. Let the user start again."),
          new Row(
              "invalid_grant",
              "access/refresh token",
              Actor.END_USER,
              RECONNECT,
              "The grant has ended: revoked, unused for too long, replaced by a newer refresh token, or pushed out as a user connected the same"
                  + " app more than five times. Or it is another login host's or another app's. Check host and Consumer Key, then let the user"
                  + " consent again."),
          new Row(
              "invalid_grant",
              "token validity",
              Actor.END_USER,
              RECONNECT,
              "The refresh token outlived the app's refresh token policy. Let the user consent again; an administrator can relax the policy."),
          new Row(
              "invalid_grant",
              "inactive",
              Actor.PROVIDER_ADMIN,
              RECONNECT,
              "The user or the organisation is deactivated. An administrator has to reactivate it, then the user consents again."),
          new Row(
              "invalid_grant",
              "ip restricted",
              Actor.PROVIDER_ADMIN,
              KEEP,
              "The user's profile or the app allows logins from certain addresses or hours only. An administrator has to allow this server, or relax"
                  + " IP restrictions for the app."),
          new Row(
              "invalid_grant",
              "request not supported on this domain",
              Actor.DEVELOPER,
              KEEP,
              "The shared login host does not serve this app. Use the organisation's My Domain."),
          new Row(
              "invalid_client",
              "must be installed",
              Actor.PROVIDER_ADMIN,
              KEEP,
              "The app is not installed in the customer's organisation. An administrator has to install it, or its package, there."),
          new Row(
              "invalid_client_id",
              "",
              Actor.DEVELOPER,
              KEEP,
              "Salesforce does not know the Consumer Key at this host. Copy it again, use the organisation's My Domain, and give a new app ten"
                  + " minutes. The stored tokens are still good."),
          new Row(
              "invalid_client",
              "",
              Actor.DEVELOPER,
              KEEP,
              "The Consumer Secret is wrong, or was regenerated. Copy it again from the app's page. The stored tokens are still good."),
          new Row(
              "redirect_uri_mismatch",
              "",
              Actor.DEVELOPER,
              KEEP,
              "The callback is not registered on the app character for character. Register exactly this one; Salesforce takes up to ten minutes to"
                  + " notice."),
          new Row(
              "invalid_scope",
              "",
              Actor.DEVELOPER,
              KEEP,
              "A scope is not selected on the app's page in Salesforce, or misspelt. Select it there, or ask for less."),
          new Row(
              "unsupported_grant_type",
              "",
              Actor.DEVELOPER,
              KEEP,
              "Salesforce did not see a form: the request went to a wrong host, or through a proxy or redirect that lost its body. Check the login"
                  + " host."),
          new Row(
              "oauth_app_blocked",
              "",
              Actor.PROVIDER_ADMIN,
              KEEP,
              "An administrator blocked the app. In Setup, under Connected Apps OAuth Usage, it can be unblocked or installed."),
          new Row(
              "oauth_app_access_denied",
              "",
              Actor.PROVIDER_ADMIN,
              KEEP,
              "The app is for users whom an administrator approved. The user's profile or permission set has to be assigned to it."),
          new Row(
              "invalid_app_access",
              "",
              Actor.PROVIDER_ADMIN,
              KEEP,
              "The app is for users whom an administrator approved. The user's profile or permission set has to be assigned to it."),
          new Row(
              "oauth_ec_app_not_found",
              "",
              Actor.PROVIDER_ADMIN,
              KEEP,
              "The External Client App is not installed in this organisation. An administrator has to install its package; a sandbox needs it by"
                  + " itself. If it is installed, the browser may be logged in to another organisation."),
          new Row(
              "oauth_authorization_blocked",
              "",
              Actor.DEVELOPER,
              KEEP,
              "The External Client App is local to another organisation. Package it, or ask with prompt=login if the browser is logged in"
                  + " elsewhere."),
          new Row(
              "oauth_approval_error_generic",
              "",
              Actor.PROVIDER_ADMIN,
              KEEP,
              "Salesforce gives no reason. Usually the app is not installed and the user may not approve it, or a scope is not selected on the app;"
                  + " the address of the error page names the cause."),
          new Row(
              "inactive_user",
              "",
              Actor.PROVIDER_ADMIN,
              RECONNECT,
              "The user is deactivated. An administrator has to reactivate the user, who then consents again."),
          new Row(
              "inactive_org",
              "",
              Actor.PROVIDER_ADMIN,
              RECONNECT,
              "The organisation is locked, closed or suspended. Its administrator has to clear this with Salesforce."));

  private static final List<String> PASSING =
      List.of("rate_limit_exceeded", "unknown_error", "service_unavailable", "system_down");

  private SalesforceErrors() {}

  static OAuthException explain(OAuthException exception) {
    String error = exception.error().toLowerCase(Locale.ROOT);
    String description = exception.description().orElse("").toLowerCase(Locale.ROOT);
    if (PASSING.contains(error)) {
      return exception.toBuilder()
          .actor(Actor.NOBODY)
          .retryable(true)
          .remedy(
              "Salesforce is busy or limits logins. Try again later; after a login limit, in an hour.")
          .build();
    }
    return ROWS.stream()
        .filter(row -> row.error.equals(error) && description.contains(row.description))
        .findFirst()
        .map(row -> row.applyTo(exception))
        .orElse(exception);
  }

  private record Row(
      String error, String description, Actor actor, boolean needsReauthorization, String remedy) {

    OAuthException applyTo(OAuthException exception) {
      return exception.toBuilder()
          .actor(actor)
          .needsReauthorization(needsReauthorization)
          .remedy(remedy)
          .build();
    }
  }
}
