package com.withampersand.sdk.spring;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.withampersand.sdk.oauth.BrowserBinding;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The cookie to which signed states are tied: a random value, and a digest of who was signed in
 * when it was made. Another user who signs in later in the same browser cannot finish their
 * attempts.
 *
 * @param owner the digest; empty if no one was signed in
 */
record BrowserCookie(String random, String owner) {
  private static final Pattern VALUE = Pattern.compile("([\\w-]{43})(?:\\.([\\w-]{43}))?");

  static BrowserCookie create(@Nullable String user) {
    String random = BrowserBinding.random().cookieValue();
    return new BrowserCookie(random, digest(random, user));
  }

  /** Reads what a browser sent; empty if this application cannot have set it. */
  static Optional<BrowserCookie> read(@Nullable String value) {
    Matcher read = VALUE.matcher(value == null ? "" : value);
    return read.matches()
        ? Optional.of(new BrowserCookie(read.group(1), read.group(2) == null ? "" : read.group(2)))
        : Optional.empty();
  }

  private static String digest(String random, @Nullable String user) {
    if (user == null) {
      return "";
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest((random + user).getBytes(UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  boolean isOf(@Nullable String user) {
    return owner.equals(digest(random, user));
  }

  /**
   * Tells whether this user may finish what was begun: the owner, and anyone if either is not
   * known. The cookie of a session that is {@code SameSite=Strict} does not come along from
   * Salesforce.
   */
  boolean mayBeOf(@Nullable String user) {
    return user == null || owner.isEmpty() || isOf(user);
  }

  BrowserBinding binding() {
    return BrowserBinding.fromCookie(owner.isEmpty() ? random : random + "." + owner);
  }
}
