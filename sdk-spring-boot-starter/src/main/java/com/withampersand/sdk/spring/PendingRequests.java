package com.withampersand.sdk.spring;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.AuthorizationResult.Failed;
import com.withampersand.sdk.oauth.BrowserBinding;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.web.util.WebUtils;

/** Ties requests for consent to the browser that began them. */
interface PendingRequests {
  /**
   * Makes a request, and ties it to the browser.
   *
   * @param answer headers of the answer that sends the browser away
   */
  AuthorizationRequest begin(
      HttpServletRequest browser,
      LoginHost host,
      AuthorizationOptions.Builder options,
      HttpHeaders answer);

  /** Completes the request that a callback belongs to. */
  AuthorizationResult complete(HttpServletRequest browser, AuthorizationCallback callback);

  /**
   * By a signed state and a cookie. A cookie that begins with {@code __Host-} cannot be set by
   * another host of the domain.
   */
  record Signed(SalesforceOAuthFlow flow) implements PendingRequests {
    @Override
    public AuthorizationRequest begin(
        HttpServletRequest browser,
        LoginHost host,
        AuthorizationOptions.Builder options,
        HttpHeaders answer) {
      String user = browser.getRemoteUser();
      BrowserBinding binding =
          BrowserCookie.read(cookie(browser))
              .filter(known -> known.isOf(user))
              .orElseGet(() -> BrowserCookie.create(user))
              .binding();
      answer.add(HttpHeaders.SET_COOKIE, cookie(binding).toString());
      return flow.authorize(host, options.binding(binding).build());
    }

    @Override
    public AuthorizationResult complete(
        HttpServletRequest browser, AuthorizationCallback callback) {
      return flow.complete(
          callback,
          BrowserCookie.read(cookie(browser))
              .filter(known -> known.mayBeOf(browser.getRemoteUser()))
              .map(BrowserCookie::binding)
              .orElseGet(() -> BrowserBinding.fromCookie(null)));
    }

    private boolean isSecure() {
      return "https".equals(flow.app().callbackUri().getScheme());
    }

    private String cookieName() {
      return isSecure() ? "__Host-salesforce" : "salesforce";
    }

    private ResponseCookie cookie(BrowserBinding binding) {
      return ResponseCookie.from(cookieName(), binding.cookieValue())
          .path("/")
          .httpOnly(true)
          .secure(isSecure())
          .sameSite("Lax")
          .build();
    }

    private @Nullable String cookie(HttpServletRequest browser) {
      for (Cookie cookie : Optional.ofNullable(browser.getCookies()).orElse(new Cookie[0])) {
        if (cookie.getName().equals(cookieName())) {
          return cookie.getValue();
        }
      }
      return null;
    }
  }

  /** By the HTTP session, in which each request is a line, and who was signed in another. */
  record InSession(SalesforceOAuthFlow flow) implements PendingRequests {
    private static final Logger log = LoggerFactory.getLogger(InSession.class);
    private static final String ATTRIBUTE = "com.withampersand.sdk.request.";

    /** More than a browser has tabs for, and few enough for a session that is stored. */
    private static final int MOST = 20;

    @Override
    public AuthorizationRequest begin(
        HttpServletRequest browser,
        LoginHost host,
        AuthorizationOptions.Builder options,
        HttpHeaders answer) {
      AuthorizationRequest request = flow.authorize(host, options.build());
      String user = Optional.ofNullable(browser.getRemoteUser()).orElse("");
      HttpSession session = browser.getSession();
      synchronized (WebUtils.getSessionMutex(session)) {
        makeRoom(session);
        session.setAttribute(ATTRIBUTE + request.id(), new Kept(request, user).text());
      }
      return request;
    }

    /**
     * A request as a session keeps it.
     *
     * @param owner who was signed in when it was begun; empty if that was no one
     */
    private record Kept(AuthorizationRequest request, String owner) {
      /** Returns null if there is no request, or if this version of the SDK cannot read it. */
      static @Nullable Kept read(@Nullable Object text) {
        if (text == null) {
          return null;
        }
        String[] lines = String.valueOf(text).split("\n", 2);
        try {
          return new Kept(
              AuthorizationRequest.fromJson(Secret.of(lines[0])), lines.length > 1 ? lines[1] : "");
        } catch (IllegalArgumentException e) {
          log.debug("A request in a session cannot be read: {}", e.getMessage());
          return null;
        }
      }

      String text() {
        return request.toJson().reveal() + "\n" + owner;
      }

      boolean mayBeOf(@Nullable String user) {
        return user == null || owner.isEmpty() || owner.equals(user);
      }
    }

    /** Forgets the requests that are over, and the oldest of the others if there are too many. */
    private static void makeRoom(HttpSession session) {
      Map<String, Instant> ends = new HashMap<>();
      Collections.list(session.getAttributeNames()).stream()
          .filter(name -> name.startsWith(ATTRIBUTE))
          .forEach(name -> ends.put(name, end(session.getAttribute(name))));
      Instant now = Instant.now();
      int kept = 0;
      for (Map.Entry<String, Instant> end : latestFirst(ends)) {
        if (end.getValue().isAfter(now) && kept < MOST - 1) {
          kept++;
        } else {
          session.removeAttribute(end.getKey());
        }
      }
    }

    private static List<Map.Entry<String, Instant>> latestFirst(Map<String, Instant> ends) {
      return ends.entrySet().stream()
          .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
          .toList();
    }

    /** A request that another version of the SDK wrote may be unreadable, and counts as over. */
    private static Instant end(@Nullable Object text) {
      Kept kept = Kept.read(text);
      return kept == null ? Instant.MIN : kept.request().expiresAt();
    }

    @Override
    public AuthorizationResult complete(
        HttpServletRequest browser, AuthorizationCallback callback) {
      HttpSession session = browser.getSession(false); // strangers get none
      String name = ATTRIBUTE + callback.requestId().orElse("");
      Kept kept = session == null ? null : take(session, name, browser.getRemoteUser());
      if (session == null || kept == null) {
        return flow.complete(callback, (AuthorizationRequest) null);
      }
      AuthorizationResult result = flow.complete(callback, kept.request());
      if (mayComeBack(callback, result)) {
        putBack(session, name, kept);
      }
      return result;
    }

    /**
     * Tells whether a request is not used up: the user may go back and consent after all, or load
     * the same callback again.
     */
    private static boolean mayComeBack(AuthorizationCallback callback, AuthorizationResult result) {
      return !(callback instanceof AuthorizationCallback.Approved)
          || (result instanceof Failed failed && failed.error().isRetryable());
    }

    /**
     * Takes a request of this user out of the session: of two loads of a callback at once, one gets
     * it. That holds where the container keeps sessions in memory; where they are in a database,
     * both may. What cannot be read is left until the next request is begun or put back.
     */
    private static @Nullable Kept take(HttpSession session, String name, @Nullable String user) {
      try {
        synchronized (WebUtils.getSessionMutex(session)) {
          Kept kept = Kept.read(session.getAttribute(name));
          if (kept == null || !kept.mayBeOf(user)) {
            return null;
          }
          session.removeAttribute(name);
          return kept;
        }
      } catch (IllegalStateException e) {
        log.debug("The session of a callback has ended");
        return null;
      }
    }

    private static void putBack(HttpSession session, String name, Kept kept) {
      try {
        synchronized (WebUtils.getSessionMutex(session)) {
          makeRoom(session);
          session.setAttribute(name, kept.text());
        }
      } catch (IllegalStateException e) {
        log.debug("The session of a callback has ended while it was completed");
      }
    }
  }
}
