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
        session.setAttribute(ATTRIBUTE + request.id(), request.toJson().reveal() + "\n" + user);
      }
      return request;
    }

    /** Forgets the requests that are over, and the oldest of the others if there are too many. */
    private static void makeRoom(HttpSession session) {
      Map<String, Instant> ends = new HashMap<>();
      Collections.list(session.getAttributeNames()).stream()
          .filter(name -> name.startsWith(ATTRIBUTE))
          .forEach(name -> ends.put(name, end(String.valueOf(session.getAttribute(name)))));
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
    private static Instant end(String kept) {
      try {
        return AuthorizationRequest.fromJson(Secret.of(line(kept, 0))).expiresAt();
      } catch (IllegalArgumentException e) {
        return Instant.MIN;
      }
    }

    @Override
    public AuthorizationResult complete(
        HttpServletRequest browser, AuthorizationCallback callback) {
      HttpSession session = browser.getSession(false); // strangers get none
      String name = ATTRIBUTE + callback.requestId().orElse("");
      String kept = session == null ? null : take(session, name, browser.getRemoteUser());
      if (session == null || kept == null) {
        return flow.complete(callback, (AuthorizationRequest) null);
      }
      AuthorizationResult result =
          flow.complete(callback, AuthorizationRequest.fromJson(Secret.of(line(kept, 0))));
      if (result instanceof Failed failed && failed.error().isRetryable()) {
        session.setAttribute(name, kept); // the same callback may be completed again
      }
      return result;
    }

    /**
     * Takes a request of this user out of the session: of two loads of a callback at once, one gets
     * it. That holds where the container keeps sessions in memory; where they are in a database,
     * both may.
     */
    private static @Nullable String take(HttpSession session, String name, @Nullable String user) {
      synchronized (WebUtils.getSessionMutex(session)) {
        String kept = (String) session.getAttribute(name);
        if (kept == null || isOfAnother(kept, user)) {
          return null;
        }
        session.removeAttribute(name);
        return kept;
      }
    }

    private static boolean isOfAnother(String kept, @Nullable String user) {
      String owner = line(kept, 1);
      return user != null && !owner.isEmpty() && !owner.equals(user);
    }

    private static String line(String kept, int number) {
      return kept.lines().skip(number).findFirst().orElse("");
    }
  }
}
