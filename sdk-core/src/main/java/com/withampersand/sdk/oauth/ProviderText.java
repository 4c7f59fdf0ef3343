package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.HttpCalls;
import com.withampersand.sdk.internal.Text;
import java.io.IOException;
import java.util.List;

/**
 * Makes text that a provider sent safe to show. A provider, or a server that pretends to be one,
 * may send back any secret that it was sent, in any member, header or host name: pass whatever goes
 * into a message or a log line through this class.
 */
public final class ProviderText {
  private ProviderText() {}

  /**
   * Returns {@code text} on one line, without control characters, cut to 300 characters, and with
   * asterisks in place of {@code secrets}, in any case and as URLs, JSON, HTML, Base64 and hex
   * write them, and of whatever looks like a token.
   *
   * @param text what the provider sent
   * @param secrets the secrets that it knows; those shorter than 4 characters are not looked for
   */
  public static String redacted(String text, Secret... secrets) {
    return Text.redacted(text, List.of(secrets));
  }

  /**
   * Returns {@code failure}, or if a stack trace of it would show what {@link #redacted(String,
   * Secret...)} takes out, an {@link IOException} with its redacted message, without its causes and
   * without what it suppressed. An HTTP client quotes what it does not understand of an answer.
   *
   * @param failure what an HTTP client threw
   * @param secrets the secrets that the request carried
   */
  public static IOException redacted(IOException failure, Secret... secrets) {
    return HttpCalls.safe(failure, List.of(secrets));
  }
}
