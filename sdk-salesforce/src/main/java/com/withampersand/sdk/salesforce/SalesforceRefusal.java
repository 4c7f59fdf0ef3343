package com.withampersand.sdk.salesforce;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A refused call to one of Salesforce's APIs, judged: whether a fresh access token can cure it, and
 * what it means. Not every 401 asks for a refresh, and one 403 does.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @see <a
 *     href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm">Salesforce:
 *     Status Codes and Error Responses</a>
 */
public final class SalesforceRefusal {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int UNAVAILABLE = 503;
  private static final int LONGEST_BODY = 1 << 20;

  /** Identity and userinfo answer with a word of plain text. */
  private static final Pattern WORD = Pattern.compile("[A-Za-z_]{1,64}");

  /** A line of plain text is looked at, but not kept: it may hold anything. */
  private static final Pattern LINE = Pattern.compile("[^<{\\[\\r\\n][^\\r\\n]{0,200}");

  private final int status;
  private final SalesforceError error;

  private SalesforceRefusal(int status, SalesforceError error) {
    this.status = status;
    this.error = error;
  }

  /**
   * Judges an answer by its status and body. The body may be anything: JSON, a word, a web page,
   * nothing; one of more than 1,048,576 characters is taken for nothing.
   */
  public static SalesforceRefusal of(int status, String body) {
    String text = body.length() > LONGEST_BODY ? "" : body.strip();
    Said said = said(text);
    String words = LINE.matcher(text).matches() ? text : said.description();
    SalesforceError error =
        SalesforceError.of(
            said, SalesforceErrors.findOfCall(said.code(), words).orElse(RestTopics.OTHER));
    return new SalesforceRefusal(
        status,
        status == UNAVAILABLE && !error.isKnown()
            ? SalesforceError.of(said, TokenTopics.IN_TROUBLE)
            : error);
  }

  private static Said said(String text) {
    return JsonText.read(text)
        .or(() -> Optional.of(new Said(text, "")).filter(word -> WORD.matcher(text).matches()))
        .orElse(Said.NOTHING);
  }

  /**
   * Tells whether a fresh access token can cure it: refresh once, send the call once more, and take
   * the second refusal for an answer. So it is where the session is over, and for a 401 that gives
   * no reason that is known.
   */
  public boolean canBeCuredByRefresh() {
    return error.isKnown()
        ? error.isAbout(RestTopics.SESSION_OVER) && (status == UNAUTHORIZED || status == FORBIDDEN)
        : status == UNAUTHORIZED;
  }

  /** Returns what it means. */
  public SalesforceError error() {
    return error;
  }

  /** Returns the verdict and the error. */
  @Override
  public String toString() {
    return "Status "
        + status
        + (canBeCuredByRefresh() ? ", to be cured by a refresh: " : ", no matter for a refresh: ")
        + error;
  }
}
