package com.withampersand.sdk.salesforce.error;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What the catalog says about one error.
 *
 * @param stage when it happens; the part of {@code docs/errors.md} that treats it
 * @param id the stable name, and the anchor in {@code docs/errors.md}; the title may change
 * @param title the heading
 * @param patterns how the error is recognized
 * @param meaning what happened, as far as it is certain
 * @param causes what may have caused it, for developers, the likeliest first; empty if the meaning
 *     says it
 * @param verdict what it says about the grant
 * @param reason why, for products to translate
 * @param actor who acts
 * @param remedies what to do, for each audience that has a text of its own; the actor's is among
 *     them
 */
record EntryFacts(
    Stage stage,
    String id,
    String title,
    List<ErrorPattern> patterns,
    String meaning,
    List<String> causes,
    Verdict verdict,
    Reason reason,
    Actor actor,
    Map<Actor, String> remedies) {

  /** When an error happens. */
  enum Stage {
    SIGN_IN("While the user signs in and approves"),
    TOKEN("At the token endpoint"),
    CALL("In API calls");

    private final String title;

    Stage(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** Starts an entry for what happens before the code arrives. */
  static Builder signIn(String id, String title) {
    return new Builder(Stage.SIGN_IN, id, title);
  }

  /** Starts an entry for what happens at the token endpoint, or at the revocation endpoint. */
  static Builder token(String id, String title) {
    return new Builder(Stage.TOKEN, id, title);
  }

  /** Starts an entry for what happens in calls with an access token. */
  static Builder call(String id, String title) {
    return new Builder(Stage.CALL, id, title);
  }

  String remedy() {
    return remedyFor(actor);
  }

  /** Returns the text for an audience; where the entry has none, a general one that fits. */
  String remedyFor(Actor audience) {
    String own = remedies.get(audience);
    return own == null ? generalRemedyFor(audience) : own;
  }

  private String generalRemedyFor(Actor audience) {
    if (audience != Actor.END_USER) {
      return remedy();
    }
    return switch (actor) {
      case PROVIDER_ADMIN -> "Ask your Salesforce admin for help: " + title + ".";
      case NONE -> "Salesforce is busy or not available right now. Try again later.";
      default ->
          "Salesforce cannot be connected because of a problem in this product. Contact its support.";
    };
  }

  /** Describes an entry in the order in which it is read. Not safe to share between threads. */
  static final class Builder {
    private final Stage stage;
    private final String id;
    private final String title;
    private final List<ErrorPattern> patterns = new ArrayList<>();
    private final Map<Actor, String> remedies = new EnumMap<>(Actor.class);
    private String meaning = "";
    private List<String> causes = List.of();
    private Verdict verdict = Verdict.UNKNOWN;
    private Reason reason = Reason.OTHER;
    private Actor actor = Actor.DEVELOPER;

    private Builder(Stage stage, String id, String title) {
      this.stage = stage;
      this.id = id;
      this.title = title;
    }

    /** Adds a code, with any description that no text of the catalog matches. */
    Builder code(String code, ErrorSource... sources) {
      patterns.add(new ErrorPattern(code, "", List.of(sources)));
      return this;
    }

    /** Adds a text of the description, and the code under which Salesforce usually sends it. */
    Builder text(String text, String usualCode, ErrorSource... sources) {
      patterns.add(new ErrorPattern(usualCode, text, List.of(sources)));
      return this;
    }

    Builder meaning(String meaning) {
      this.meaning = meaning;
      return this;
    }

    Builder causes(String... causes) {
      this.causes = List.of(causes);
      return this;
    }

    /** Sets what the error says about the grant; by default nothing is certain. */
    Builder verdict(Verdict verdict, Reason reason) {
      this.verdict = verdict;
      this.reason = reason;
      return this;
    }

    /** Sets who acts, and what they do. */
    Builder actor(Actor actor, String remedy) {
      this.actor = actor;
      return alsoFor(actor, remedy);
    }

    /** Sets what another audience is told. */
    Builder alsoFor(Actor audience, String remedy) {
      remedies.put(audience, remedy);
      return this;
    }

    EntryFacts build() {
      return new EntryFacts(
          stage,
          id,
          title,
          List.copyOf(patterns),
          meaning,
          causes,
          verdict,
          reason,
          actor,
          Map.copyOf(remedies));
    }
  }
}
