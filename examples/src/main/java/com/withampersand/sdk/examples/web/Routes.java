package com.withampersand.sdk.examples.web;

import com.withampersand.sdk.AmpersandException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the product answers. A GET changes nothing but by the callback, whose state is signed for
 * one browser and one use; a POST needs the token of the browser's forms, and leads back to a GET.
 */
final class Routes implements Server.Handler {
  private static final String HOME = "/";

  private final Salesforce salesforce;
  private final Connections connections;
  private final Sessions sessions;
  private final Clock clock;
  private final URI callback;
  private final CallbackRoute callbacks;
  private final Map<String, Route> routes = new HashMap<>();

  Routes(Salesforce salesforce, Connections connections, Sessions sessions, Clock clock) {
    this.salesforce = salesforce;
    this.connections = connections;
    this.sessions = sessions;
    this.clock = clock;
    this.callback = salesforce.app().callbackUri();
    this.callbacks = new CallbackRoute(connections, sessions, clock);
    add();
    salesforce.controls().ifPresent(this::addControls);
  }

  /** What one path answers. */
  private record Route(List<String> methods, Action action) {}

  private interface Action {
    Response answer(Request request) throws WebError, InterruptedException;
  }

  /** What a form asks for. Returns where the browser goes. */
  private interface Command {
    String run(Session session, Request request) throws InterruptedException;
  }

  private void add() {
    get(HOME, this::home);
    get("/style.css", request -> file("style.css", "text/css; charset=utf-8"));
    get("/icon.svg", request -> file("icon.svg", "image/svg+xml"));
    post("/connect", this::connect);
    post("/reconnect", this::reconnect);
    post("/call", this::call);
    post("/disconnect", this::disconnect);
    // Not for HEAD: the state would be used up by whatever only looks whether the page is there.
    if (routes.put(callback.getPath(), new Route(List.of("GET"), callbacks::answer)) != null) {
      throw new IllegalArgumentException(
          "SALESFORCE_CALLBACK must have a path of its own, such as /callback: " + callback);
    }
  }

  private void addControls(Salesforce.Controls controls) {
    control(
        "/fake/end-session",
        controls::endSession,
        "The session has ended in Salesforce",
        "Call the API: Salesforce refuses the access token, and the SDK refreshes it.");
    control(
        "/fake/disable-api",
        controls::disableApi,
        "An admin has taken the API permission away",
        "Call the API: the page says who can fix that. It holds for one call.");
    control(
        "/fake/revoke",
        controls::revoke,
        "An admin has revoked the access",
        "Call the API: the page then asks you to connect again.");
  }

  private void control(String path, Consumer<String> control, String title, String text) {
    post(
        path,
        (session, request) -> {
          control.accept(connections.accessToken(session));
          say(session, Notice.neutral(title, text));
          return HOME;
        });
  }

  private void get(String path, Action action) {
    routes.put(path, new Route(List.of("GET", "HEAD"), action));
  }

  private void post(String path, Command command) {
    routes.put(path, new Route(List.of("POST"), request -> run(command, request)));
  }

  private Response run(Command command, Request request) throws WebError, InterruptedException {
    Session session =
        sessions
            .find(request)
            .filter(found -> found.hasFormToken(request.field("form_token")))
            .orElseThrow(Routes::outOfDate);
    try {
      return Response.seeOther(command.run(session, request));
    } catch (AmpersandException e) {
      say(session, Notice.of(e));
      return Response.seeOther(HOME);
    }
  }

  private static WebError outOfDate() {
    return new WebError(
        403,
        "This page is out of date",
        "The form did not come from a page that is open in this browser, so nothing was done.");
  }

  @Override
  public Response answer(Request request) throws WebError, InterruptedException {
    if (isAtAnotherName(request)) {
      return Response.seeOther(callback.resolve(HOME).toString());
    }
    Route route = routes.get(request.path());
    if (route == null) {
      throw new WebError(404, "There is no such page", "The address is not one of this product.");
    }
    if (!route.methods().contains(request.method())) {
      throw new WebError(
          405,
          "That is not possible here",
          "This address takes " + String.join(" or ", route.methods()) + " only.",
          Map.of("Allow", String.join(", ", route.methods())));
    }
    return route.action().answer(request);
  }

  /** The cookies are those of the name to which Salesforce sends the browser back. */
  private boolean isAtAnotherName(Request request) {
    return callback.getScheme().equals("http")
        && !request.host().equalsIgnoreCase(callback.getAuthority());
  }

  @Override
  public Response error(WebError error) {
    return Response.page(error.status(), ErrorPage.of(error).html()).withHeaders(error.headers());
  }

  private Response home(Request request) {
    Optional<Session> known = sessions.find(request);
    if (known.isPresent()) {
      return home(known.get());
    }
    Sessions.Started started = sessions.start();
    return started.with(home(started.session()));
  }

  private Response home(Session session) {
    HomePage page =
        new HomePage(
            session,
            connections.status(session),
            connections.profile(session),
            salesforce.hint(),
            salesforce.controls().isPresent());
    return Response.page(200, page.html());
  }

  private String connect(Session session, Request request) {
    String typed = request.field("host");
    try {
      URI consent = connections.connect(session, typed);
      session.typed("");
      return consent.toString();
    } catch (IllegalArgumentException e) {
      session.typed(typed);
      say(session, Notice.wrongHost(String.valueOf(e.getMessage())));
      return HOME;
    }
  }

  private String reconnect(Session session, Request request) {
    return connections.reconnect(session).map(URI::toString).orElse(HOME);
  }

  private String call(Session session, Request request) throws InterruptedException {
    say(session, connections.call(session));
    return HOME;
  }

  private String disconnect(Session session, Request request) {
    if (connections.disconnect(session)) { // a second click finds nothing, and says nothing
      say(session, Notice.neutral("Disconnected", "The access is revoked in Salesforce."));
    }
    return HOME;
  }

  private void say(Session session, Notice notice) {
    session.add(clock.instant(), notice);
  }

  private static Response file(String name, String type) {
    try (@Nullable InputStream file = Routes.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new IllegalStateException(name + " is not on the class path");
      }
      return Response.file(type, new String(file.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
