package com.withampersand.sdk.examples.web;

import com.withampersand.sdk.oauth.BrowserBinding;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of all browsers, in memory. The one that was idle for longest makes room.
 *
 * <p>Safe to share between threads.
 */
final class Sessions {
  private static final int MOST = 10_000;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String sessionCookie;
  private final String browserCookie;
  private final String attributes;
  private final Map<String, Session> sessions =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
          return size() > MOST;
        }
      };
  private int customers;

  /**
   * Creates an empty set.
   *
   * @param secure whether browsers come by https
   */
  Sessions(boolean secure) {
    String prefix = secure ? "__Host-" : "";
    this.sessionCookie = prefix + "ampersand_session";
    this.browserCookie = prefix + "ampersand_browser";
    this.attributes = "; Path=/; HttpOnly; SameSite=Lax" + (secure ? "; Secure" : "");
  }

  synchronized Optional<Session> find(Request request) {
    return Optional.ofNullable(sessions.get(request.cookies().getOrDefault(sessionCookie, "")));
  }

  /** Starts the session of a browser that has none, and puts its cookies into the response. */
  Started start() {
    String id = random();
    Session session = add(id);
    return new Started(
        session,
        sessionCookie + "=" + id + attributes,
        browserCookie + "=" + session.browser().cookieValue() + attributes);
  }

  private synchronized Session add(String id) {
    customers++;
    Session session = new Session("customer-" + customers, random());
    sessions.put(id, session);
    return session;
  }

  /** A new session, and the cookies by which its browser is known. */
  record Started(Session session, String sessionCookie, String browserCookie) {
    Response with(Response response) {
      return response.withCookie(sessionCookie).withCookie(browserCookie);
    }
  }

  /** Returns the value to which the states of this browser are tied. */
  BrowserBinding browser(Request request) {
    @Nullable String cookie = request.cookies().get(browserCookie);
    return BrowserBinding.fromCookie(cookie);
  }

  private static String random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
