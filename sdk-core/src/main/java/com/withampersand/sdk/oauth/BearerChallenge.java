package com.withampersand.sdk.oauth;

import com.withampersand.sdk.http.HttpTransport.Response;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The error that a resource states in {@code WWW-Authenticate}, where its body may be empty.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-3">RFC 6750, section 3</a>
 */
final class BearerChallenge {
  private static final int MAX_CHARACTERS = 4096;

  /** A parameter begins behind a space or a comma; {@code error_description} is another one. */
  private static final Pattern ERROR =
      Pattern.compile(
          "(?i)(?:^|[\\s,])error\\s{0,9}=\\s{0,9}(?:\"([\\w.-]{1,64})\"|([\\w.-]{1,64}))");

  private BearerChallenge() {}

  /** Returns the error code; empty if the response has no challenge with one. */
  static Optional<String> error(Response response) {
    return response
        .header("WWW-Authenticate")
        .filter(challenge -> challenge.length() <= MAX_CHARACTERS)
        .map(ERROR::matcher)
        .filter(Matcher::find)
        .map(error -> error.group(1) == null ? error.group(2) : error.group(1));
  }
}
