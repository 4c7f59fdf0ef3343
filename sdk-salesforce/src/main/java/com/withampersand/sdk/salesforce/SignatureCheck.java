package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Refuses an answer whose signature does not fit. The secret may be changed while an answer is on
 * its way, so it may be the one that was sent, the one that is held by now, or the other of two
 * while a new one is staged. What a refusal costs is the flow's to say: a code exchange its tokens,
 * a refresh only the identity in its answer.
 */
final class SignatureCheck implements BiConsumer<TokenSet, Secret> {
  private static final int CLIENT_SHOWN = 12;

  private final String consumerKey;
  private final Supplier<Secret> consumerSecret;
  private final Supplier<Optional<Secret>> otherSigningSecret;
  private final LoginHost host;

  SignatureCheck(SalesforceApp app, LoginHost host) {
    this(app.clientId(), app::clientSecret, app::otherSigningSecret, host);
  }

  SignatureCheck(
      String consumerKey,
      Supplier<Secret> consumerSecret,
      Supplier<Optional<Secret>> otherSigningSecret,
      LoginHost host) {
    this.consumerKey = consumerKey;
    this.consumerSecret = consumerSecret;
    this.otherSigningSecret = otherSigningSecret;
    this.host = host;
  }

  @Override
  public void accept(TokenSet answer, Secret sentSecret) {
    AnswerSignature.of(answer)
        .filter(signature -> !signature.isMadeWith(sentSecret))
        .ifPresent(signature -> requireMadeWithSecretOfNow(signature, sentSecret));
  }

  private void requireMadeWithSecretOfNow(AnswerSignature signature, Secret sentSecret) {
    Secret secretOfNow;
    boolean fits;
    try {
      secretOfNow = consumerSecret.get();
      fits =
          signature.isMadeWith(secretOfNow)
              || otherSigningSecret.get().filter(signature::isMadeWith).isPresent();
    } catch (RuntimeException e) {
      throw refusal(
          "It is not the one of the secret that was sent, and the app's other secrets could not be read ("
              + e.getClass().getName()
              + ").");
    }
    if (!fits) {
      throw refusal(causes(!secretOfNow.equals(sentSecret)));
    }
  }

  private static String causes(boolean secretChanged) {
    return secretChanged
        ? "The Consumer Secret was changed while the answer was on its way, and it fits neither the old nor the new one."
        : "Either another server answered, or Salesforce signed with another secret of this app, as it may while a new one is"
            + " staged: compare the Consumer Secret with the app's page, and name the other one with alsoSignedWith.";
  }

  private ProtocolException refusal(String causes) {
    return new ProtocolException(
        ("The signature of the answer does not fit. %s A code that was sent is used up, and its tokens are not taken; the tokens"
                + " of a refresh are kept. [token endpoint, host %s, client %s]")
            .formatted(causes, host.shown(), shownKey()),
        true);
  }

  private String shownKey() {
    return consumerKey.length() <= CLIENT_SHOWN
        ? consumerKey
        : consumerKey.substring(0, CLIENT_SHOWN) + "…";
  }
}
