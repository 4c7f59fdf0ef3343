package com.withampersand.sdk.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The loop of {@link TokenProvider#call}, which every provider shares. */
class TokenProviderTest {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");

  private final Numbered provider = new Numbered();
  private final List<String> sent = new ArrayList<>();

  /** A provider whose tokens are numbered, and which remembers the refusals it was told of. */
  private static final class Numbered implements TokenProvider {
    private final List<String> refusals = new ArrayList<>();
    private @Nullable RuntimeException failure;

    @Override
    public TokenSet get(ConnectionKey key) {
      return tokens("1");
    }

    @Override
    public TokenSet refused(ConnectionKey key, Secret sentAccessToken) {
      refusals.add(sentAccessToken.reveal());
      if (failure != null) {
        throw failure;
      }
      return tokens("2");
    }

    @Override
    public GrantStatus status(ConnectionKey key) {
      return GrantStatus.builder(key, GrantStatus.Kind.ACTIVE).build();
    }

    private static TokenSet tokens(String access) {
      return TokenSet.builder(Secret.of(access), Instant.EPOCH).build();
    }
  }

  private static final class Unauthorized extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private String note(TokenSet tokens) {
    String token = tokens.accessToken().reveal();
    sent.add(token);
    return token;
  }

  private String unauthorized(TokenSet tokens, Predicate<String> when) throws Unauthorized {
    String token = note(tokens);
    if (when.test(token)) {
      throw new Unauthorized();
    }
    return token;
  }

  @Test
  void call_accepted_isMadeOnce() {
    String result = provider.call(ADA, this::note, answer -> false);

    assertThat(result).isEqualTo("1");
    assertThat(sent).containsExactly("1");
    assertThat(provider.refusals).isEmpty();
  }

  @Test
  void call_resultIsARefusal_isMadeOnceMoreWithOtherTokens() {
    String result = provider.call(ADA, this::note, "1"::equals);

    assertThat(result).isEqualTo("2");
    assertThat(sent).containsExactly("1", "2");
    assertThat(provider.refusals).containsExactly("1");
  }

  @Test
  void call_everyResultIsARefusal_isNeverMadeAThirdTime() {
    String result = provider.call(ADA, this::note, answer -> true);

    assertThat(result).isEqualTo("2");
    assertThat(sent).containsExactly("1", "2");
    assertThat(provider.refusals).containsExactly("1");
  }

  @Test
  void call_exceptionIsARefusal_isMadeOnceMoreWithOtherTokens() throws Unauthorized {
    String result =
        provider.call(
            ADA,
            tokens -> unauthorized(tokens, "1"::equals),
            RefusalTest.<String>ofFailure(Unauthorized.class::isInstance));

    assertThat(result).isEqualTo("2");
    assertThat(sent).containsExactly("1", "2");
    assertThat(provider.refusals).containsExactly("1");
  }

  @Test
  void call_everyExceptionIsARefusal_throwsTheSecond() {
    List<Unauthorized> thrown = new ArrayList<>();

    Throwable failure =
        catchThrowable(
            () ->
                provider.call(
                    ADA,
                    tokens -> {
                      note(tokens);
                      thrown.add(new Unauthorized());
                      throw thrown.get(thrown.size() - 1);
                    },
                    (result, e) -> true));

    assertThat(thrown).hasSize(2);
    assertThat(failure).isSameAs(thrown.get(1));
    assertThat(sent).containsExactly("1", "2");
  }

  @Test
  void call_exceptionIsNoRefusal_passesUnchanged() {
    IOException broken = new IOException("connection reset");

    Throwable failure =
        catchThrowable(
            () ->
                provider.call(
                    ADA,
                    tokens -> {
                      note(tokens);
                      throw broken;
                    },
                    RefusalTest.ofFailure(Unauthorized.class::isInstance)));

    assertThat(failure).isSameAs(broken);
    assertThat(sent).containsExactly("1");
    assertThat(provider.refusals).isEmpty();
  }

  @Test
  void call_errorOfTheCall_passesUnchangedAndUnjudged() {
    AssertionError error = new AssertionError("a bug");

    Throwable failure =
        catchThrowable(
            () ->
                provider.call(
                    ADA,
                    tokens -> {
                      throw error;
                    },
                    (result, e) -> true));

    assertThat(failure).isSameAs(error);
    assertThat(provider.refusals).isEmpty();
  }

  @Test
  void call_testOfResultsThrows_passesUnchangedAndIsNotJudged() {
    IllegalStateException bug = new IllegalStateException("a bug");
    RefusalTest<String> test =
        (result, failure) -> {
          if (failure != null) {
            return true;
          }
          throw bug;
        };

    Throwable failure = catchThrowable(() -> provider.call(ADA, this::note, test));

    assertThat(failure).isSameAs(bug);
    assertThat(sent).containsExactly("1");
    assertThat(provider.refusals).isEmpty();
  }

  @Test
  void call_testOfExceptionsThrows_passesUnchanged() {
    IllegalStateException bug = new IllegalStateException("a bug");

    Throwable failure =
        catchThrowable(
            () ->
                provider.call(
                    ADA,
                    tokens -> unauthorized(tokens, token -> true),
                    (@Nullable String result, @Nullable Exception e) -> {
                      throw bug;
                    }));

    assertThat(failure).isSameAs(bug);
    assertThat(sent).containsExactly("1");
  }

  @Test
  void call_noOtherTokens_throwsWhatTheProviderSays() {
    provider.failure = new NotConnectedException(ADA);

    Throwable failure = catchThrowable(() -> provider.call(ADA, this::note, "1"::equals));

    assertThat(failure).isSameAs(provider.failure);
    assertThat(sent).containsExactly("1");
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without null checks returns
  void call_nullResult_isReturned() {
    TokenCall<Object, RuntimeException> nothing = tokens -> null;

    assertThat(provider.call(ADA, nothing, result -> true)).isNull();
    assertThat(provider.refusals).isEmpty();
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without null checks passes
  void call_nothingGiven_isRefusedBeforeAnything() {
    RefusalTest<String> none = null;
    TokenCall<String, RuntimeException> noCall = null;

    assertThatNullPointerException().isThrownBy(() -> provider.call(ADA, this::note, none));
    assertThatNullPointerException()
        .isThrownBy(() -> provider.call(ADA, noCall, (result, failure) -> false));
    assertThat(sent).isEmpty();
  }
}
