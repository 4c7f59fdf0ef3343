package com.withampersand.sdk.examples.web;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.salesforce.error.SalesforceError;
import java.time.Duration;
import java.util.Optional;

/**
 * What happened, in words for the customer.
 *
 * @param text what it means, or what to do about it
 * @param actor who has to act, if it is a problem
 * @param details for the support ticket; empty if there are none
 */
record Notice(Tone tone, String title, String text, Optional<Actor> actor, String details) {
  private static final String SUPPORT = "Write to our support, with the details below.";

  /** How it went. */
  enum Tone {
    /** As the customer wanted. */
    GOOD,
    /** Neither good nor bad. */
    NEUTRAL,
    /** Not as the customer wanted. */
    PROBLEM
  }

  static Notice good(String title, String text) {
    return new Notice(Tone.GOOD, title, text, Optional.empty(), "");
  }

  static Notice neutral(String title, String text) {
    return new Notice(Tone.NEUTRAL, title, text, Optional.empty(), "");
  }

  static Notice problem(String title, String text, Actor actor, String details) {
    return new Notice(Tone.PROBLEM, title, text, Optional.of(actor), details);
  }

  /** Says what is wrong with a host. */
  static Notice wrongHost(String sentence) {
    return problem("That is not a Salesforce org", sentence, Actor.END_USER, "");
  }

  boolean isProblem() {
    return tone == Tone.PROBLEM;
  }

  /** Says what to do about a refused API call. */
  static Notice of(int status, SalesforceError error) {
    Actor actor = error.actor();
    return problem(
        "Salesforce refused the call",
        actor == Actor.NONE ? error.remedyFor(Actor.END_USER) : remedy(actor, error.remedy()),
        actor,
        "status "
            + status
            + error.code().map(code -> ", " + code).orElse("")
            + ". "
            + error.remedy());
  }

  /** A remedy is written for the one who acts; what a developer does is in the details. */
  private static String remedy(Actor actor, String remedy) {
    return actor == Actor.DEVELOPER || actor == Actor.AMPERSAND ? SUPPORT : remedy;
  }

  private static String later(AmpersandException failure) {
    Duration wait = failure.retryAfter().orElse(Duration.ofMinutes(1));
    return "Try again in " + (wait.toSeconds() + 1) + " seconds.";
  }

  /** Says what to do about a failure. */
  static Notice of(AmpersandException failure) {
    String details = String.valueOf(failure.getMessage()); // holds no secret
    if (failure instanceof OAuthException refused) {
      String title =
          refused.needsReauthorization()
              ? "Salesforce no longer accepts this connection"
              : "Salesforce refused";
      return problem(title, remedy(refused.actor(), refused.remedy()), refused.actor(), details);
    }
    if (failure instanceof CallbackException) {
      return problem("That did not work", "Connect again.", Actor.END_USER, details);
    }
    if (failure instanceof NotConnectedException) {
      return neutral("Salesforce is not connected", "Connect it first.");
    }
    if (failure instanceof TransportException || failure.isRetryable()) {
      return problem("There is no answer right now", later(failure), Actor.NONE, details);
    }
    return problem("Something is set up wrong", SUPPORT, Actor.DEVELOPER, details);
  }
}
