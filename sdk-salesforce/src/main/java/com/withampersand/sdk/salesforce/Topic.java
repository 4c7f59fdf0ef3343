package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One thing that goes wrong at Salesforce: how it shows, what it means, and who does what about it.
 *
 * @param title a few words, letters and digits alone: the heading in {@code docs/errors.md}
 * @param signs how it shows
 * @param meaning what happened, as far as it is certain
 * @param causes what may have brought it about, the likeliest first; empty if the meaning says it
 * @param verdict what it says about the grant
 * @param reason why, for products to translate
 * @param remedy what to do, in words for the actor
 */
record Topic(
    String title,
    List<Sign> signs,
    String meaning,
    List<String> causes,
    Verdict verdict,
    Reason reason,
    Actor actor,
    String remedy) {

  static Builder of(String title) {
    return new Builder(title);
  }

  /** Returns the file and the heading that treat it. */
  String link() {
    return "errors.md#" + title.toLowerCase(Locale.ROOT).replace(' ', '-');
  }

  /** Tells whether the user has to consent again. */
  boolean needsReauthorization() {
    return verdict == Verdict.FINAL;
  }

  /** Tells whether the same request may succeed later. */
  boolean isRetryable() {
    return verdict == Verdict.PASSING || verdict == Verdict.THROTTLED;
  }

  /** Describes a topic in the order in which one reads it. */
  static final class Builder {
    private final String title;
    private final List<Sign> signs = new ArrayList<>();
    private String meaning = "";
    private List<String> causes = List.of();
    private Verdict verdict = Verdict.UNKNOWN;
    private Reason reason = Reason.OTHER;

    private Builder(String title) {
      this.title = title;
    }

    /** Adds a code, whatever its description. */
    Builder code(String code, Place... places) {
      return code(code, "", places);
    }

    /** Adds a code with words of its description. */
    Builder code(String code, String words, Place... places) {
      signs.add(new Sign(code, words, List.of(places)));
      return this;
    }

    /** Adds words of a description that mean the same under every code, and without any. */
    Builder words(String words, Place... places) {
      return code("", words, places);
    }

    Builder means(String meaning) {
      this.meaning = meaning;
      return this;
    }

    Builder causes(String... causes) {
      this.causes = List.of(causes);
      return this;
    }

    /** Says that only the user's consent helps; the words have to be known as final. */
    Builder isFinal(Reason why) {
      return judged(Verdict.FINAL, why);
    }

    /** Says that Salesforce refuses for a reason that consent does not cure. */
    Builder blocks(Reason why) {
      return judged(Verdict.BLOCKED, why);
    }

    /** Says that it passes, and that the request may have been carried out. */
    Builder passes(Reason why) {
      return judged(Verdict.PASSING, why);
    }

    /** Says that the request was not carried out, since there were too many. */
    Builder throttles() {
      return judged(Verdict.THROTTLED, Reason.TOO_MANY_REQUESTS);
    }

    /** Says that nothing is certain about the grant, which is so by default. */
    Builder provesNothing(Reason why) {
      return judged(Verdict.UNKNOWN, why);
    }

    private Builder judged(Verdict what, Reason why) {
      this.verdict = what;
      this.reason = why;
      return this;
    }

    /** Says who has to do what, and builds the topic. */
    Topic remedy(Actor actor, String remedy) {
      return new Topic(title, List.copyOf(signs), meaning, causes, verdict, reason, actor, remedy);
    }
  }
}
