package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A random value that ties a signed state to one browser. Keep it in a cookie of that browser that
 * is {@code Secure}, {@code HttpOnly} and {@code SameSite=Lax}, never in a URL. A cookie whose name
 * begins with {@code __Host-} cannot be set by another host of your domain.
 *
 * <pre>{@code
 * BrowserBinding binding = BrowserBinding.random();
 * response.addCookie("__Host-salesforce", binding.cookieValue());
 * // at the callback
 * BrowserBinding back = BrowserBinding.fromCookie(request.cookie("__Host-salesforce"));
 * }</pre>
 *
 * <p>One value can serve all attempts of a browser. Immutable, and safe to share between threads.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-10.12">RFC 6749, section 10.12</a>
 */
public final class BrowserBinding {
  private static final int BYTES = 32;
  private static final int LONGEST = 256;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final @Nullable Secret value;

  private BrowserBinding(@Nullable Secret value) {
    this.value = value;
  }

  /** Returns a new value of 256 random bits. */
  public static BrowserBinding random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new BrowserBinding(
        Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)));
  }

  /**
   * Returns the value that a browser sent in its cookie. A missing, blank or overlong cookie is a
   * value that matches no state.
   */
  public static BrowserBinding fromCookie(@Nullable String cookie) {
    String value = cookie == null ? "" : cookie.strip();
    boolean fits = !value.isEmpty() && value.length() <= LONGEST;
    return new BrowserBinding(fits ? Secret.of(value) : null);
  }

  /**
   * Returns the value for the cookie: letters, digits, hyphens and underscores if it is new.
   *
   * @throws IllegalStateException if it was read from a browser that sent no cookie
   */
  public String cookieValue() {
    if (value == null) {
      throw new IllegalStateException(
          "the browser sent no cookie; set one with BrowserBinding.random()");
    }
    return value.reveal();
  }

  /** Tells whether the browser sent a value at all. */
  public boolean isPresent() {
    return value != null;
  }

  /** Tells whether the other object is the same value, in constant time. */
  @Override
  public boolean equals(Object other) {
    return other instanceof BrowserBinding binding && Objects.equals(value, binding.value);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(value);
  }

  /** Returns a text without the value. */
  @Override
  public String toString() {
    return "BrowserBinding[" + (value == null ? "no cookie" : value) + "]";
  }
}
