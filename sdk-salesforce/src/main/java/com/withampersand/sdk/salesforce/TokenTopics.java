package com.withampersand.sdk.salesforce;

import static com.withampersand.sdk.salesforce.Place.EXCHANGE;
import static com.withampersand.sdk.salesforce.Place.REFRESH;
import static com.withampersand.sdk.salesforce.Place.REST;
import static com.withampersand.sdk.salesforce.Place.REVOCATION;
import static com.withampersand.sdk.salesforce.Place.TOKEN;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.Reason;
import java.util.List;

/** What goes wrong as codes and refresh tokens are traded, or grants ended. */
final class TokenTopics {
  private TokenTopics() {}

  /** What an answer of 503 means, whatever is in it. */
  static final Topic IN_TROUBLE =
      Topic.of("Salesforce in trouble")
          .code("server_error", TOKEN)
          .code("service_unavailable", TOKEN)
          .code("temporarily_unavailable", TOKEN)
          .code("system_down", TOKEN)
          .code("SERVER_UNAVAILABLE", REST)
          .means("Salesforce or this org is down, for maintenance for example.")
          .passes(Reason.PROVIDER_TROUBLE)
          .remedy(
              Actor.NOBODY,
              "Wait, and try again with growing pauses. Salesforce's status page tells about the org's instance.");

  static final Topic CODE_SPENT =
      Topic.of("Code expired or used")
          .code("invalid_grant", "expired authorization code", EXCHANGE)
          .means("The code was used or expired: each is good once, and for 15 minutes.")
          .causes(
              "It was used before: the callback was loaded twice, a browser fetched it in advance, or the exchange was sent again. Answer the callback with a redirect.",
              "The exchange came more than 15 minutes after the consent. Exchange at once.")
          .isFinal(Reason.REVOKED_OR_EXPIRED)
          .remedy(Actor.END_USER, "Connect Salesforce again.");

  static final Topic CODE_UNKNOWN =
      Topic.of("Invalid code")
          .code("invalid_grant", "invalid authorization code", EXCHANGE)
          .means("Salesforce does not know this code.")
          .causes(
              "It was not decoded exactly once: codes end in %3D%3D, which stands for two equals signs.",
              "It was issued to another app, or at another org's host.", "It was cut.")
          .isFinal(Reason.MISCONFIGURED)
          .remedy(
              Actor.DEVELOPER,
              "Hand the callback's query to the SDK exactly as it arrived, and exchange at the host that issued the code. Then let the user"
                  + " start again.");

  static final Topic WRONG_SECRET =
      Topic.of("Wrong Consumer Secret")
          .code("invalid_client", TOKEN)
          .code("invalid_client_credentials", TOKEN)
          .code("invalid_client", "invalid client credentials", TOKEN)
          .means("Salesforce knows the Consumer Key, but not this Consumer Secret with it.")
          .causes(
              "The Consumer Secret was not copied whole, or is another app's.",
              "It was regenerated or rotated, and this program still has the old one.")
          .blocks(Reason.WRONG_CREDENTIALS)
          .remedy(
              Actor.DEVELOPER,
              "Copy the Consumer Secret again from the app's page. The stored tokens are still good.");

  /** What the code says where its words are not known. */
  static final Topic GRANT_NOT_ACCEPTED =
      Topic.of("Grant not accepted")
          .code("invalid_grant", TOKEN)
          .means(
              "Salesforce does not take the code or the refresh token, for a reason that is not in the catalog. It uses this code for much that ends no grant.")
          .causes(
              "The refresh token was revoked, replaced, or not used for too long.",
              "The code was used before, or is older than 15 minutes.",
              "The login host or the app is not the one that the grant was made with.")
          .remedy(
              Actor.END_USER,
              "Try again in a few minutes. If that does not help, connect Salesforce again.");

  static final List<Topic> ALL =
      List.of(
          Topic.of("Refresh token not accepted")
              .code("invalid_grant", "expired access/refresh token", TOKEN)
              .means("Salesforce no longer takes this refresh token here. It does not tell why.")
              .causes(
                  "The user or an administrator revoked the grant, or ended its sessions.",
                  "It reached the end that the app's refresh token policy sets, such as 30 days without use.",
                  "The same user connected the same app more than five times, and the oldest grant had to go.",
                  "A refresh put a newer token in its place (rotation), and the old one was sent again: another process may have stored the newer one.",
                  "It was issued by another login host, or to another app: compare host and Consumer Key with those that the grant carries.",
                  "The user was deactivated or has a new password, the app was uninstalled or blocked, the sandbox was refreshed, or Salesforce"
                      + " ended it as a precaution.")
              .isFinal(Reason.REVOKED_OR_EXPIRED)
              .remedy(Actor.END_USER, "Connect Salesforce again."),
          Topic.of("Refresh token past its policy")
              .code("invalid_grant", "token validity expired", TOKEN)
              .means("The refresh token reached the age or the idle time that its policy allows.")
              .causes(
                  "It was not used for the time that the app's refresh token policy sets, such as 30 days. Refresh idle connections before.",
                  "It is older than the policy allows any token to be. An administrator can relax the app's refresh token policy.")
              .isFinal(Reason.REVOKED_OR_EXPIRED)
              .remedy(Actor.END_USER, "Connect Salesforce again."),
          CODE_SPENT,
          CODE_UNKNOWN,
          Topic.of("PKCE verifier does not fit")
              .code("invalid_grant", "code verifier", EXCHANGE)
              .means(
                  "The code was asked for with a PKCE challenge, and the verifier that came with it is missing or another's.")
              .causes(
                  "Code and verifier are of two attempts of the same user, in two tabs for example.",
                  "The attempt was not kept until the user came back, and its verifier is lost.")
              .isFinal(Reason.MISCONFIGURED)
              .remedy(
                  Actor.DEVELOPER,
                  "Keep each AuthorizationRequest for at least 15 minutes and find it again by the state that comes back. Then let the user start"
                      + " again."),
          WRONG_SECRET,
          Topic.of("Refresh under way")
              .code("invalid_grant", "token request is already being processed", TOKEN)
              .code("invalid_grant", "expired authorization code", REFRESH)
              .means(
                  "Salesforce is still processing another request with the same refresh token. The grant is good, and the other request may"
                      + " replace the token.")
              .causes(
                  "Two processes, or two programs, refresh the same grant at the same time.",
                  "An earlier refresh was given up, and Salesforce had not finished it.")
              .passes(Reason.ALREADY_PROCESSING)
              .remedy(
                  Actor.NOBODY,
                  "Wait, and read the stored tokens again: the other request may have brought newer ones. Refresh once more only if it did not."),
          Topic.of("Grant type not supported")
              .code("unsupported_grant_type", TOKEN)
              .code("unsupported_grant_type", "grant type not supported", TOKEN)
              .means("Salesforce did not find a form with a grant type that it knows.")
              .causes(
                  "A proxy or transport sent the form without its Content-Type, or in another place than the body.",
                  "The request was redirected, from http or from a wrong host, and lost its body.",
                  "The login host is not the org's.",
                  "The flow is switched off for the app.")
              .blocks(Reason.MISCONFIGURED)
              .remedy(
                  Actor.DEVELOPER,
                  "Use https and the org's My Domain as login host, and look at what a proxy or a transport of one's own makes of the"
                      + " form."),
          Topic.of("Scope in a token request")
              .code("invalid_request", "scope parameter", TOKEN)
              .means("A token request carried a scope, which Salesforce takes at /authorize only.")
              .blocks(Reason.MISCONFIGURED)
              .remedy(
                  Actor.DEVELOPER,
                  "This SDK never sends one there: look for a proxy or transport that adds it."),
          GRANT_NOT_ACCEPTED,
          Topic.of("Authentication failed")
              .code("invalid_grant", "authentication failure", TOKEN)
              .code("login_error", TOKEN)
              .code("invalid_session_level", TOKEN)
              .means(
                  "Salesforce did not let the user log in. The org's Login History has the reason.")
              .causes(
                  "The user is locked, or the password expired.",
                  "The org restricts who may log in, from where, or how safely.",
                  "Username or password is wrong, in flows that send them; this SDK's does not.")
              .blocks(Reason.USER_NOT_PERMITTED)
              .remedy(
                  Actor.PROVIDER_ADMIN,
                  "Look up the attempt in Setup, under Login History, and clear what it names."),
          Topic.of("Address or hour not allowed")
              .code("invalid_grant", "ip restricted", TOKEN)
              .code("invalid_grant", "login hours", TOKEN)
              .means(
                  "The user may not log in from this server's address, or not at this hour. The grant itself is still good.")
              .causes(
                  "The user's profile has IP ranges that exclude this server.",
                  "The app enforces IP restrictions, or lists the addresses that may refresh.",
                  "The user's profile has login hours.")
              .blocks(Reason.IP_BLOCKED)
              .remedy(
                  Actor.PROVIDER_ADMIN,
                  "Add this server's addresses to the profile's IP ranges and the app's list, or relax the app's IP restrictions; mind the profile's"
                      + " login hours."),
          Topic.of("Consent withdrawn")
              .code("invalid_grant", "hasn't approved this consumer", TOKEN)
              .means("Salesforce has no approval of this user for this app.")
              .causes(
                  "The user or an administrator withdrew it.",
                  "The app logs in by JWT, and no administrator pre-authorized the user: assign the profile or permission set to the app.")
              .provesNothing(Reason.REVOKED_OR_EXPIRED)
              .remedy(Actor.END_USER, "Connect Salesforce again."),
          Topic.of("Login rate exceeded")
              .code("rate_limit_exceeded", TOKEN)
              .code("rate_limit_exceeded", "login rate exceeded", TOKEN)
              .code("LOGIN_RATE_EXCEEDED", TOKEN)
              .means(
                  "The user logged in more than 3600 times within an hour, and refreshes may count as logins.")
              .causes(
                  "A program refreshes before each call, where once a session is enough.",
                  "Many programs use the same Salesforce user.")
              .throttles()
              .remedy(
                  Actor.NOBODY,
                  "Wait up to an hour. Refresh only when a token ends, and give each integration a Salesforce user of its own."),
          Topic.of("Salesforce asks to retry")
              .code("unknown_error", TOKEN)
              .code("unknown_error", "retry your request", TOKEN)
              .means("Salesforce failed in a way that it expects to pass.")
              .causes("A passing fault at Salesforce.", "The login host is not the org's own.")
              .passes(Reason.PROVIDER_TROUBLE)
              .remedy(
                  Actor.NOBODY,
                  "Try again a few times, waiting longer each time; a code is better asked for anew. If it stays, use the org's My Domain as"
                      + " login host."),
          IN_TROUBLE,
          Topic.of("Login host does not serve this")
              .code("invalid_grant", "request not supported on this domain", TOKEN)
              .means("The shared login host does not do what was asked.")
              .blocks(Reason.WRONG_HOST_OR_APP)
              .remedy(Actor.DEVELOPER, "Use the org's My Domain as login host."),
          Topic.of("Token not known")
              .code("invalid_token", REVOCATION)
              .code("unsupported_token_type", REVOCATION)
              .means(
                  "There was nothing to end: the host does not know the token, or not as one that it can end.")
              .causes("It has ended already, or was revoked before.", "It is another host's.")
              .provesNothing(Reason.WRONG_HOST_OR_APP)
              .remedy(
                  Actor.DEVELOPER,
                  "If the grant was to end, nothing is left to do; otherwise revoke it at the login host that issued it."),
          Topic.of("DPoP required")
              .code("use_dpop_nonce", TOKEN)
              .code("invalid_dpop_proof", TOKEN)
              .means("The app binds its tokens to keys (DPoP), which this SDK does not do.")
              .blocks(Reason.MISCONFIGURED)
              .remedy(Actor.DEVELOPER, "Switch DPoP off on the app's page in Salesforce."),
          Topic.of("JWT bearer not set up")
              .code("invalid_request", "refresh_token scope is required", TOKEN)
              .code("invalid_grant", "audience validation failed", TOKEN)
              .code("invalid_grant", "audience is invalid", TOKEN)
              .code("invalid_grant", "invalid assertion", TOKEN)
              .code("bad_jti_claim", TOKEN)
              .code("invalid_assertion_type", TOKEN)
              .means(
                  "A login by signed JWT was refused. This SDK does not log in so; another program or Ampersand does.")
              .causes(
                  "The audience of the JWT is not the login host: production, sandbox or site.",
                  "The app lacks the scope refresh_token, is not installed, or no administrator pre-authorized the user.")
              .blocks(Reason.MISCONFIGURED)
              .remedy(
                  Actor.DEVELOPER,
                  "Correct the audience of the JWT; then add the scope refresh_token to the app and pre-authorize the user."),
          Topic.of("Client credentials not set up")
              .code("invalid_grant", "no client credentials user enabled", TOKEN)
              .code("invalid_grant", "no valid scopes defined", TOKEN)
              .means(
                  "A login by client credentials was refused: the app lacks the user or the scopes for it. This SDK does not log in so.")
              .blocks(Reason.MISCONFIGURED)
              .remedy(
                  Actor.PROVIDER_ADMIN,
                  "On the app's page, set the user as whom it runs, and select its scopes."),
          Topic.of("Error of another flow")
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
              .means(
                  "The code belongs, by its name, to devices, registration, attestation, one-time passwords or site branding, which this SDK"
                      + " does not use.")
              .remedy(
                  Actor.DEVELOPER,
                  "Find out which program sent the request. If it was this SDK, report it to Ampersand."));
}
