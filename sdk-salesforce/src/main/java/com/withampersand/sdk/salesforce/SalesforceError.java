package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One of Salesforce's errors, explained: what happened, why, and who does what about it. The same
 * facts are on an {@link OAuthException} from {@link SalesforceOAuthFlow}; this is for errors that
 * no exception brings, such as those of the pages on which Salesforce leaves a user.
 *
 * <p>Holds no code, state or token. Immutable, and safe to share between threads.
 */
public final class SalesforceError {
  private final Said said;
  private final Topic topic;

  private SalesforceError(Said said, Topic topic) {
    this.said = said;
    this.topic = topic;
  }

  /**
   * Explains what was copied out of a browser or a log: the address of the callback or of
   * Salesforce's error page, the text of a page, or the body of an answer.
   *
   * <p>Looks at the first 16,384 characters, and takes out of them the error and its description
   * only: codes, states and tokens beside them are not kept.
   *
   * @return the error, explained as far as it is known; empty if there is none in the text
   */
  public static Optional<SalesforceError> explain(String pasted) {
    return new PastedText(Objects.requireNonNull(pasted, "pasted")).error();
  }

  /** Explains what was said; an error that is not known keeps its words. */
  static SalesforceError of(Said said) {
    return of(said, said.description());
  }

  /** Explains what was said from the words around it, which are not kept. */
  static SalesforceError of(Said said, String words) {
    return of(said, SalesforceErrors.find(said.code(), words).orElse(RestTopics.OTHER));
  }

  static SalesforceError of(Said said, Topic topic) {
    return new SalesforceError(said.shown(), topic);
  }

  /** Returns Salesforce's code as it was sent; empty if there was none. */
  public Optional<String> code() {
    return Optional.of(said.code()).filter(text -> !text.isEmpty());
  }

  /** Returns Salesforce's own words, without secrets and control characters, if there were any. */
  public Optional<String> description() {
    return Optional.of(said.description()).filter(text -> !text.isEmpty());
  }

  /** Tells whether the catalog knows the error; if not, the rest of this is general. */
  public boolean isKnown() {
    return !isAbout(RestTopics.OTHER);
  }

  boolean isAbout(Topic other) {
    return topic.equals(other);
  }

  /** Returns what happened, as far as it is certain. */
  public String meaning() {
    return topic.meaning();
  }

  /**
   * Returns what may have brought it about, the likeliest first; empty if the meaning says it all.
   */
  public List<String> causes() {
    return topic.causes();
  }

  /** Returns what to do about it, in one or two sentences. */
  public String remedy() {
    return topic.remedy();
  }

  /** Returns who has to do it. */
  public Actor actor() {
    return topic.actor();
  }

  /** Returns why, as a stable constant that a product can translate for its users. */
  public Reason reason() {
    return topic.reason();
  }

  /** Returns what the error says about the grant. */
  public Verdict verdict() {
    return topic.verdict();
  }

  /** Tells whether the user has to consent again before anything works. */
  public boolean needsReauthorization() {
    return topic.needsReauthorization();
  }

  /** Tells whether the same request may succeed later. */
  public boolean isRetryable() {
    return topic.isRetryable();
  }

  /**
   * Returns where the documentation treats it: a file and a heading, such as {@code
   * errors.md#wrong-consumer-secret}.
   */
  public String topic() {
    return topic.link();
  }

  /** Returns the error and its explanation on one line. */
  @Override
  public String toString() {
    return said + ". " + meaning() + " " + remedy() + " [see " + topic() + "]";
  }
}
