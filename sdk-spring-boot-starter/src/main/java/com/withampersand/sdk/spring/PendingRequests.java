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
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

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
      BrowserBinding known = BrowserBinding.fromCookie(cookie(browser));
      BrowserBinding binding = known.isPresent() ? known : BrowserBinding.random();
      answer.add(HttpHeaders.SET_COOKIE, cookie(binding).toString());
      return flow.authorize(host, options.binding(binding).build());
    }

    @Override
    public AuthorizationResult complete(
        HttpServletRequest browser, AuthorizationCallback callback) {
      return flow.complete(callback, BrowserBinding.fromCookie(cookie(browser)));
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

  /** By the HTTP session. */
  record InSession(SalesforceOAuthFlow flow) implements PendingRequests {
    private static final String ATTRIBUTE = "com.withampersand.sdk.request.";

    @Override
    public AuthorizationRequest begin(
        HttpServletRequest browser,
        LoginHost host,
        AuthorizationOptions.Builder options,
        HttpHeaders answer) {
      AuthorizationRequest request = flow.authorize(host, options.build());
      browser.getSession().setAttribute(ATTRIBUTE + request.id(), request.toJson().reveal());
      return request;
    }

    @Override
    public AuthorizationResult complete(
        HttpServletRequest browser, AuthorizationCallback callback) {
      HttpSession session = browser.getSession();
      String name = ATTRIBUTE + callback.requestId().orElse("");
      String kept = (String) session.getAttribute(name);
      session.removeAttribute(name);
      AuthorizationResult result =
          flow.complete(
              callback, kept == null ? null : AuthorizationRequest.fromJson(Secret.of(kept)));
      if (kept != null && result instanceof Failed failed && failed.error().isRetryable()) {
        session.setAttribute(name, kept); // the same callback may be completed again
      }
      return result;
    }
  }
}
