package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One issue of tokens by the model's provider. Its secrets show it: {@code AT1.2} and {@code RT1.2}
 * are the second that were issued to the first consent.
 *
 * @param consent the number of the consent, in the order in which the users gave them
 * @param serial the number of the issue, in the provider's order
 */
record Token(int consent, int serial) implements Comparable<Token> {
  static final Token NONE = new Token(0, 0);

  private static final Map<String, Token> PARSED = new ConcurrentHashMap<>();

  static Token of(TokenSet tokens) {
    return of(tokens.accessToken());
  }

  static Token of(Secret accessToken) {
    return PARSED.computeIfAbsent(accessToken.reveal(), Token::parse);
  }

  private static Token parse(String text) {
    int dot = text.indexOf('.');
    return new Token(
        Integer.parseInt(text.substring(2, dot)), Integer.parseInt(text.substring(dot + 1)));
  }

  static String consentId(int consent) {
    return "C" + consent;
  }

  static int consentOf(String id) {
    return Integer.parseInt(id.substring(1));
  }

  Secret accessToken() {
    return Secret.of("AT" + consent + "." + serial);
  }

  Secret refreshToken() {
    return Secret.of("RT" + consent + "." + serial);
  }

  /** Returns tokens as a consent obtains them. */
  static TokenSet consented(int consent, Instant at) {
    Token first = new Token(consent, 1);
    return TokenSet.builder(first.accessToken(), at)
        .refreshToken(first.refreshToken())
        .consentId(consentId(consent))
        .build();
  }

  @Override
  public int compareTo(Token other) {
    return consent != other.consent
        ? Integer.compare(consent, other.consent)
        : Integer.compare(serial, other.serial);
  }

  boolean isAfter(Token other) {
    return compareTo(other) > 0;
  }

  @Override
  public String toString() {
    return consent + "." + serial;
  }
}
