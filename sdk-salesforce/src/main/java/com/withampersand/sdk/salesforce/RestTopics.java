package com.withampersand.sdk.salesforce;

import static com.withampersand.sdk.salesforce.Place.REST;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.Reason;
import java.util.List;

/** What goes wrong in calls with an access token. */
final class RestTopics {
  private RestTopics() {}

  /** The one error of calls that a fresh access token cures. */
  static final Topic SESSION_OVER =
      Topic.of("Session over")
          .code("INVALID_SESSION_ID", REST)
          .code("Bad_OAuth_Token", REST)
          .code("INVALID_SESSION_ID", "session expired or invalid", REST)
          .code("InvalidSessionId", REST)
          .code("INVALID_JWT_FORMAT", REST)
          .code("invalid_token", REST)
          .means("The access token is over: its session ended, or is not known at this host.")
          .causes(
              "The session came to its end.",
              "The call went to another host than the instance URL of the latest token answer.",
              "The session is locked to another IP address.",
              "API Access Control keeps the app out.",
              "A JWT access token was sent to an API other than REST.")
          .remedy(
              Actor.DEVELOPER,
              "Refresh once and send the call once more, to the instance URL that came with the new token. If that is refused too, do not refresh"
                  + " again: check the other causes.");

  /** The last resort. */
  static final Topic OTHER =
      Topic.of("Any other error")
          .means("Salesforce refused, and the catalog does not know the code.")
          .remedy(
              Actor.DEVELOPER,
              "Look the code up in Salesforce's documentation; the org's Login History may tell more.");

  static final List<Topic> ALL =
      List.of(
          SESSION_OVER,
          Topic.of("API scope missing")
              .code("INVALID_SESSION_ID", "not valid for use with the REST API", REST)
              .means("The session may not call APIs. A new token does not change that.")
              .causes(
                  "The scope api is not selected on the app's page, or was not asked for: then the user consents again.",
                  "The app's IP restrictions exclude the address.",
                  "The user's profile demands a higher session security level (High Assurance).",
                  "The app is blocked, or API Access Control keeps it out.")
              .provesNothing(Reason.USER_NOT_PERMITTED)
              .remedy(
                  Actor.DEVELOPER,
                  "Select the scope \"Manage user data via APIs (api)\" on the app's page, ask for it, and let the user consent again. If it is there, the other causes are for the org's administrator."),
          Topic.of("App not attached to the agent")
              .words("connected app is not attached to agent", REST)
              .means(
                  "Salesforce says that the app is not attached to the agent that was called. A new token does not change that.")
              .blocks(Reason.APP_BLOCKED)
              .remedy(Actor.PROVIDER_ADMIN, "Attach the app to the agent in Setup."),
          Topic.of("Authorization header missing")
              .code("INVALID_AUTH_HEADER", REST)
              .code("Missing_OAuth_Token", REST)
              .means("Salesforce found no access token in the call.")
              .causes(
                  "The header is not written as \"Authorization: Bearer\" and the token.",
                  "A proxy or a redirect took the header away.")
              .blocks(Reason.MISCONFIGURED)
              .remedy(
                  Actor.DEVELOPER,
                  "Send \"Authorization: Bearer\", one space and the access token, straight to the instance URL."),
          Topic.of("Request limit reached")
              .code("REQUEST_LIMIT_EXCEEDED", REST)
              .means("The org used up its API requests.")
              .causes(
                  "All requests of the last 24 hours together reached the org's limit.",
                  "Too many long requests run at the same time.")
              .throttles()
              .remedy(
                  Actor.NOBODY,
                  "Wait, and send less: fewer requests at once, more records in each. An administrator sees the usage in Setup, and Salesforce sells"
                      + " more."),
          Topic.of("API switched off")
              .code("API_DISABLED_FOR_ORG", REST)
              .code("API_CURRENTLY_DISABLED", REST)
              .means("The org or the user may not use APIs.")
              .causes(
                  "The org's edition comes without API access.",
                  "The user's profile lacks the permission \"API Enabled\".")
              .blocks(Reason.USER_NOT_PERMITTED)
              .remedy(
                  Actor.PROVIDER_ADMIN,
                  "Enable API access for the org with Salesforce, or give the user the permission \"API Enabled\"."),
          Topic.of("Permission missing")
              .code("INSUFFICIENT_ACCESS*", REST)
              .code("FORBIDDEN", REST)
              .means(
                  "The user may not do this with this object or record. A new token does not change that.")
              .blocks(Reason.USER_NOT_PERMITTED)
              .remedy(
                  Actor.PROVIDER_ADMIN,
                  "Give the user the permission on the object, field or record, or let a user connect who has it."),
          Topic.of("Identity not found")
              .code("Bad_Id", REST)
              .code("Wrong_Org", REST)
              .means("The host does not know the identity URL that was asked for.")
              .causes(
                  "It was asked at another org's host.",
                  "The identity URL is not the one that came with the tokens.")
              .provesNothing(Reason.WRONG_HOST_OR_APP)
              .remedy(
                  Actor.DEVELOPER,
                  "Ask for the id that came with the tokens; if the login host does not know it, at the instance URL."),
          OTHER);
}
