package com.withampersand.sdk.examples.web;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.AuthorizationResult.Failed;
import java.time.Clock;
import java.util.Optional;

/** Takes back all customers from Salesforce: one address, whichever org they come from. */
final class CallbackRoute {
  private static final String HOME = "/";
  private static final String BACK = "Go to your connection";
  private static final String UNUSABLE = "This sign-in cannot be used";
  private static final String NOT_BEGUN_HERE =
      "It was not begun on this page, or was changed on its way, so nothing was connected: connect again.";

  private final Connections connections;
  private final Sessions sessions;
  private final Clock clock;

  CallbackRoute(Connections connections, Sessions sessions, Clock clock) {
    this.connections = connections;
    this.sessions = sessions;
    this.clock = clock;
  }

  Response answer(Request request) throws InterruptedException {
    try {
      return taken(request, connections.complete(request.query(), sessions.browser(request)));
    } catch (CallbackException e) {
      return notTheirs(e);
    }
  }

  private Response taken(Request request, AuthorizationResult result) throws InterruptedException {
    Optional<Session> session =
        sessions.find(request).filter(found -> found.customer().equals(result.payload()));
    if (result instanceof Failed failed) {
      return failed(session, failed);
    }
    return result instanceof Connected connected
        ? answered(session, connected(session, connected))
        : answered(session, declined());
  }

  /** Tells the customer who began the sign-in; whom else could a forged callback concern. */
  private Response answered(Optional<Session> session, Notice notice) {
    if (session.isEmpty()) {
      return Response.page(400, new ErrorPage(UNUSABLE, NOT_BEGUN_HERE, BACK, HOME).html());
    }
    session.get().add(clock.instant(), notice);
    return Response.seeOther(HOME);
  }

  private Notice connected(Optional<Session> session, Connected connected)
      throws InterruptedException {
    try {
      if (session.isEmpty()) { // the browser lost it on the way
        connections.drop(connected.tokens());
        return declined();
      }
      connections.save(connected.payload(), connected.tokens());
      return Notice.good("Salesforce is connected", "Call the API to try it.");
    } catch (AmpersandException e) {
      return Notice.of(e);
    }
  }

  private static Notice declined() {
    return Notice.neutral(
        "You did not allow the access", "Nothing is connected. Connect when you are ready.");
  }

  private Response failed(Optional<Session> session, Failed failed) {
    if (failed.error() instanceof CallbackException e) {
      return notTheirs(e);
    }
    if (failed.error().isRetryable()) {
      return Response.page(503, again(Notice.of(failed.error())).html());
    }
    return answered(session, Notice.of(failed.error()));
  }

  /** The same callback may be completed again: a link without an address leads to it. */
  private static ErrorPage again(Notice notice) {
    return new ErrorPage(notice.title(), notice.text(), "Try again", "");
  }

  /** A callback that cannot be trusted changes nothing, and is told so. */
  private static Response notTheirs(CallbackException e) {
    boolean twice = e.reason() == CallbackException.Reason.STATE_REUSED;
    ErrorPage page =
        new ErrorPage(
            twice ? "You have been here before" : UNUSABLE, sentence(e.reason()), BACK, HOME);
    return Response.page(twice ? 409 : 400, page.html());
  }

  private static String sentence(CallbackException.Reason reason) {
    return switch (reason) {
      case STATE_REUSED ->
          "Salesforce’s answer was taken in when it came first, so nothing was done now: your connection shows what came of it.";
      case STATE_EXPIRED ->
          "You were at Salesforce for too long, so nothing was connected: connect again.";
      case STATE_FOREIGN ->
          "It was begun in another browser, so nothing was connected: connect again in this one.";
      default -> NOT_BEGUN_HERE;
    };
  }
}
