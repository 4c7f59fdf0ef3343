package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.Actor;
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
 * @param needsReauthorization whether the grant is of no more use
 * @param retryable whether the same request may succeed later
 */
record Topic(
    String title,
    List<Sign> signs,
    String meaning,
    List<String> causes,
    Actor actor,
    String remedy,
    boolean needsReauthorization,
    boolean retryable) {

  static Builder of(String title) {
    return new Builder(title);
  }

  /** Returns the file and the heading that treat it. */
  String link() {
    return "errors.md#" + title.toLowerCase(Locale.ROOT).replace(' ', '-');
  }

  /** Describes a topic in the order in which one reads it. */
  static final class Builder {
    private final String title;
    private final List<Sign> signs = new ArrayList<>();
    private String meaning = "";
    private List<String> causes = List.of();
    private boolean needsReauthorization;
    private boolean retryable;

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

    /** Says that the user has to consent again. */
    Builder endsTheGrant() {
      needsReauthorization = true;
      return this;
    }

    /** Says that the same request may succeed later. */
    Builder passes() {
      retryable = true;
      return this;
    }

    /** Says who has to do what, and builds the topic. */
    Topic remedy(Actor actor, String remedy) {
      return new Topic(
          title,
          List.copyOf(signs),
          meaning,
          causes,
          actor,
          remedy,
          needsReauthorization,
          retryable);
    }
  }
}
