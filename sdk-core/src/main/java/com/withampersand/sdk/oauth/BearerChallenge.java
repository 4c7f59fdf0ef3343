package com.withampersand.sdk.oauth;

import com.withampersand.sdk.http.HttpTransport.Response;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The error that a resource states in {@code WWW-Authenticate}, where its body may be empty.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-3">RFC 6750, section 3</a>
 */
final class BearerChallenge {
  private static final int MAX_CHARACTERS = 4096;
  private static final String INVALID_TOKEN = "invalid_token";

  /** A parameter begins behind a space or a comma; {@code error_description} is another one. */
  private static final Pattern ERROR =
      Pattern.compile(
          "(?i)(?:^|[\\s,])error\\s{0,9}=\\s{0,9}(?:\"([\\w.-]{1,64})\"|([\\w.-]{1,64}))");

  private BearerChallenge() {}

  /**
   * Returns the error code; empty if the response has no challenge with one. A server may offer
   * several schemes, in one header or in several: that one of them refuses the token counts, and
   * otherwise the first code.
   */
  static Optional<String> error(Response response) {
    List<String> errors =
        response.headers("WWW-Authenticate").stream()
            .filter(challenges -> challenges.length() <= MAX_CHARACTERS)
            .flatMap(BearerChallenge::errors)
            .toList();
    return errors.stream()
        .filter(INVALID_TOKEN::equalsIgnoreCase)
        .findFirst()
        .or(() -> errors.stream().findFirst());
  }

  private static Stream<String> errors(String challenges) {
    return ERROR
        .matcher(challenges)
        .results()
        .map(error -> error.group(1) == null ? error.group(2) : error.group(1));
  }
}
