package com.withampersand.sdk.salesforce.error;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An error of Salesforce's, explained: what happened, why, and what to do. The same facts are on an
 * {@link OAuthException} from {@code SalesforceOAuthFlow}; this class is for errors that come
 * without an exception, such as those on the pages where Salesforce leaves a user.
 *
 * <pre>{@code
 * SalesforceError.explain(addressFromTheBrowser)
 *     .ifPresent(error -> System.out.println(error.remedyFor(Actor.PROVIDER_ADMIN)));
 * }</pre>
 *
 * <p>Holds no code, state or token. Immutable, and safe to share between threads.
 */
public final class SalesforceError {
  private final ErrorText text;
  private final ErrorEntry entry;

  private SalesforceError(ErrorText text, ErrorEntry entry) {
    this.text = text;
    this.entry = entry;
  }

  /**
   * Explains text from a browser or a log: the address of the callback or of Salesforce's error
   * page, the text of a page, the body of a response, or what a tool printed about it.
   *
   * <p>Reads the first 16,384 characters, and keeps only the error and its description: no codes,
   * states or tokens beside them.
   *
   * @return the error, explained as far as it is known; empty if there is none in the text
   */
  public static Optional<SalesforceError> explain(String pasted) {
    return new PastedText(Objects.requireNonNull(pasted, "pasted")).error();
  }

  /**
   * Explains the error that a response states: in the address of its redirect, or in its body. In
   * contrast to {@link #explain}, a page is not searched for words, since a sign-in page is full of
   * them; only a maintenance page is recognized.
   *
   * @param locationOrBody the {@code Location} header, or else the body
   */
  public static Optional<SalesforceError> ofResponse(String locationOrBody) {
    return new PastedText(Objects.requireNonNull(locationOrBody, "locationOrBody")).statedError();
  }

  /**
   * Adds the catalog's explanation to the refusal of an authorization, a code exchange, an
   * introspection or a revocation: for {@code AuthorizationCodeFlow.Builder.refineErrors}.
   */
  public static OAuthException refine(OAuthException refusal) {
    return ErrorCatalog.explain(refusal);
  }

  /**
   * Adds the catalog's explanation to the refusal of a refresh: for {@code
   * AuthorizationCodeFlow.Builder.refineRefreshErrors}. Some texts mean something else there, and
   * only those that are known to end a grant are {@link Verdict#FINAL}.
   */
  public static OAuthException refineRefresh(OAuthException refusal) {
    return ErrorCatalog.explainRefresh(refusal);
  }

  /**
   * Adds the catalog's explanation to the refusal of a JWT or of the app's own credentials: for
   * {@code ClientGrantFlow.Builder.refineErrors}. Some texts mean something else there.
   */
  public static OAuthException refineMint(OAuthException refusal) {
    return ErrorCatalog.explainMint(refusal);
  }

  /**
   * Adds the catalog's explanation to the refusal of a call with an access token, such as one for
   * user info: for {@code AuthorizationCodeFlow.Builder.refineErrors} of a flow that makes such
   * calls.
   */
  public static OAuthException refineCall(OAuthException refusal) {
    return ErrorCatalog.explainCall(refusal);
  }

  /** Explains an error; one that is not known keeps its text. */
  static SalesforceError of(ErrorText text) {
    return of(
        text, ErrorCatalog.find(text.code(), text.description()).orElse(ErrorEntry.NOT_IN_CATALOG));
  }

  static SalesforceError of(ErrorText text, ErrorEntry entry) {
    return new SalesforceError(text.redacted(), entry);
  }

  /** Returns which error of the catalog it is; {@link ErrorEntry#NOT_IN_CATALOG} if none. */
  public ErrorEntry entry() {
    return entry;
  }

  /** Returns Salesforce's code as it was sent; empty if there was none. */
  public Optional<String> code() {
    return Optional.of(text.code()).filter(code -> !code.isEmpty());
  }

  /** Returns Salesforce's description, without secrets and control characters, if it sent one. */
  public Optional<String> description() {
    return Optional.of(text.description()).filter(description -> !description.isEmpty());
  }

  /** Tells whether the catalog has the error; if not, the rest of this is general. */
  public boolean isKnown() {
    return entry != ErrorEntry.NOT_IN_CATALOG;
  }

  /** Returns what happened, as far as it is certain. */
  public String meaning() {
    return entry.facts().meaning();
  }

  /** Returns what may have caused it, the likeliest first; empty if the meaning says it. */
  public List<String> causes() {
    return entry.facts().causes();
  }

  /** Returns what {@link #actor()} does about it, in one or two sentences. */
  public String remedy() {
    return entry.facts().remedy();
  }

  /**
   * Returns what to tell an audience. A user is told to connect again, to try later or whom to ask;
   * an admin reads the names of Setup's pages.
   */
  public String remedyFor(Actor audience) {
    return entry.facts().remedyFor(Objects.requireNonNull(audience, "audience"));
  }

  /** Returns who acts. */
  public Actor actor() {
    return entry.facts().actor();
  }

  /** Returns why, as a stable constant that a product can translate for its users. */
  public Reason reason() {
    return entry.facts().reason();
  }

  /** Returns what the error says about the grant. */
  public Verdict verdict() {
    return entry.facts().verdict();
  }

  /** Tells whether the user must connect again before anything works. */
  public boolean needsReauthorization() {
    return verdict() == Verdict.FINAL;
  }

  /** Tells whether the same request may succeed later. */
  public boolean isRetryable() {
    return verdict() == Verdict.PASSING || verdict() == Verdict.THROTTLED;
  }

  /**
   * Returns where the documentation treats it: a file and an anchor, such as {@code
   * errors.md#wrong-consumer-secret}.
   */
  public String topic() {
    return entry.topic();
  }

  /**
   * Returns the page of the documentation that treats it: the {@link #topic()}, or its full address
   * once the project has a site.
   */
  public String page() {
    return AmpersandException.pageOf(topic());
  }

  /** Returns the error and its explanation on one line. */
  @Override
  public String toString() {
    return text + ". " + meaning() + " " + remedy() + " [see " + page() + "]";
  }
}
