package com.withampersand.sdk.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.http.HttpTransport.Request;
import com.withampersand.sdk.http.HttpTransport.Response;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpCallsTest {
  private static final URI TOKEN = URI.create("https://login.example.com/token");
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Secret SECRET = Secret.of("hunter22-hunter22");

  /** Longer than what is shown of a text. */
  private static final String LONG =
      "one word after another, of more than three hundred characters. "
          + "one word after another, of more than three hundred characters. "
          + "one word after another, of more than three hundred characters. "
          + "one word after another, of more than three hundred characters. "
          + "one word after another, of more than three hundred characters. ";

  private final List<Request> sent = new ArrayList<>();

  private HttpTransport throwing(Throwable thrown) {
    return request -> {
      sent.add(request);
      throw HttpCallsTest.<IOException>unchecked(thrown);
    };
  }

  /** Lets a transport throw what it does not declare, as those in other languages may. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E unchecked(Throwable thrown) throws E {
    throw (E) thrown;
  }

  private static Response refresh(HttpTransport transport) {
    return refresh(new HttpCalls(transport, TIMEOUT));
  }

  private static Response refresh(HttpCalls calls) {
    byte[] body = ("refresh_token=" + SECRET.reveal()).getBytes(StandardCharsets.UTF_8);
    return calls.post("refresh", false, TOKEN, Map.of(), body, List.of(SECRET));
  }

  private TransportException failure(Throwable thrown) {
    return catchThrowableOfType(TransportException.class, () -> refresh(throwing(thrown)));
  }

  static Stream<Exception> promises() {
    return Stream.of(
        new ConnectException("refused"),
        new UnknownHostException("login.example.com"),
        new NoRouteToHostException("no route"),
        new HttpConnectTimeoutException("HTTP connect timed out"),
        new SSLHandshakeException("no trusted certificate"),
        new SSLPeerUnverifiedException("another host"));
  }

  @ParameterizedTest
  @MethodSource("promises")
  void post_transportPromisesThatNothingWasSent_isRetryable(Exception thrown) {
    TransportException error = failure(thrown);

    assertThat(error.isOutcomeUnknown()).isFalse();
    assertThat(error.isRetryable()).isTrue();
    assertThat(error).hasMessageContaining("Nothing was sent").hasCause(thrown);
    assertThat(sent).hasSize(1);
  }

  static Stream<Throwable> unknownOutcomes() {
    return Stream.of(
        new IOException("reset"),
        new HttpTimeoutException("request timed out"),
        new SocketTimeoutException("Read timed out"),
        new SocketException("Connection reset"),
        new ClosedChannelException(),
        new SSLException("closed"),
        new IOException(new ConnectException("refused")),
        new IllegalStateException("the pool is shut down"),
        new IllegalArgumentException("a bad answer"),
        new NullPointerException(),
        new UnresolvedAddressException(),
        new RejectedExecutionException("full"),
        new Exception("not declared"));
  }

  @ParameterizedTest
  @MethodSource("unknownOutcomes")
  void post_transportThrowsAnythingElse_leavesTheOutcomeUnknown(Throwable thrown) {
    TransportException error = failure(thrown);

    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(error.isRetryable()).isFalse();
    assertThat(error)
        .hasMessageContaining("is not known")
        .hasMessageContaining("login.example.com");
    assertThat(error.getCause())
        .hasMessageContaining(thrown.getClass().getSimpleName())
        .hasStackTraceContaining("HttpCallsTest");
    assertThat(sent).hasSize(1);
  }

  @Test
  @SuppressWarnings("NullAway")
  void post_transportReturnsNull_leavesTheOutcomeUnknown() {
    TransportException error =
        catchThrowableOfType(TransportException.class, () -> refresh(request -> null));

    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(error.isRetryable()).isFalse();
    assertThat(error.getCause()).hasMessageContaining("null");
  }

  @Test
  void post_transportThrowsAnError_letsItPass() {
    StackOverflowError thrown = new StackOverflowError();

    assertThatExceptionOfType(StackOverflowError.class)
        .isThrownBy(() -> refresh(throwing(thrown)))
        .isSameAs(thrown);
  }

  @Test
  void post_repeatableCallWithUnknownOutcome_isRetryable() {
    HttpCalls calls = new HttpCalls(throwing(new IOException("reset")), TIMEOUT);

    TransportException error =
        catchThrowableOfType(
            TransportException.class,
            () -> calls.post("introspection", true, TOKEN, Map.of(), new byte[1], List.of()));

    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(error.isRetryable()).isTrue();
  }

  @Test
  void post_interruptedWhileItWaits_restoresTheStatusAndLeavesTheOutcomeUnknown() {
    TransportException error = failure(new InterruptedException());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(error.isRetryable()).isFalse();
    assertThat(error).hasMessageContaining("interrupted");
  }

  static Stream<Throwable> quotes() {
    String quote = "Invalid status line: \"" + SECRET.reveal() + "\"";
    return Stream.of(
        new IOException(quote),
        new IllegalStateException(quote),
        new ConnectException(quote),
        new ConnectException("refused").initCause(new IOException(quote)),
        suppressing(new ConnectException("no route"), new IOException(quote)),
        suppressing(
            new UnknownHostException("login.example.com"),
            suppressing(new IOException("not closed"), new IOException(quote))),
        suppressing(new ConnectException("no route"), new IOException("a", new IOException(quote))),
        new ConnectException("refused").initCause(suppressing(circle(), new IOException(quote))),
        new ConnectException("refused") {
          @Override
          public String getLocalizedMessage() {
            return quote;
          }
        },
        new InterruptedException(quote),
        suppressing(new InterruptedException(), new IOException(quote)));
  }

  private static Throwable suppressing(Throwable failure, Throwable suppressed) {
    failure.addSuppressed(suppressed);
    return failure;
  }

  /** Returns the first of two exceptions that are each other's cause. */
  private static Throwable circle() {
    IOException first = new IOException("first");
    first.initCause(new IOException("second", first));
    return first;
  }

  @ParameterizedTest
  @MethodSource("quotes")
  void post_exceptionQuotesASecret_hidesIt(Throwable thrown) {
    StringWriter shown = new StringWriter();

    failure(thrown).printStackTrace(new PrintWriter(shown));

    assertThat(shown.toString()).contains("TransportException").doesNotContain(SECRET.reveal());
    Thread.interrupted(); // some of them interrupt
  }

  @Test
  void post_exceptionWithoutText_isTheCause() {
    Throwable thrown =
        new ConnectException("refused") {
          private static final long serialVersionUID = 1;

          @Override
          @SuppressWarnings({"NullAway", "OverrideThrowableToString", "ToStringReturnsNull"})
          public String toString() {
            return null;
          }
        };

    TransportException failure = failure(thrown);

    assertThat(failure).cause().isSameAs(thrown);
    assertThat(failure.isOutcomeUnknown()).isFalse();
  }

  /** A parser's message goes over lines, and a page of an error is long. */
  @ParameterizedTest
  @ValueSource(strings = {"no JSON\n at line 1", "a\tb", " a ", LONG})
  void safe_textOfSeveralLinesOrLong_isLeftAsItIs(String text) {
    IOException thrown = new HttpTimeoutException(text);
    thrown.initCause(new IllegalStateException(text));

    assertThat(HttpCalls.safe(thrown, List.of(SECRET))).isSameAs(thrown);
  }

  @Test
  void post_exceptionsInACircleWithoutASecret_areTheCause() {
    Throwable thrown = new ConnectException("refused").initCause(circle());

    assertThat(failure(thrown)).hasCause(thrown);
  }

  @Test
  void post_requestThatHttpForbids_isRefusedAndNotSent() {
    HttpCalls calls = new HttpCalls(throwing(new IOException()), TIMEOUT);
    Map<String, String> headers = Map.of("Authorization", "Bearer a\n");

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> calls.post("refresh", false, TOKEN, headers, new byte[1], List.of(SECRET)));
    assertThat(sent).isEmpty();
  }

  @Test
  void withTimeout_changesTheTimeOfTheseCallsAlone() {
    HttpTransport transport =
        request -> {
          sent.add(request);
          return new Response(200, Map.of(), new byte[0]);
        };
    HttpCalls calls = new HttpCalls(transport, TIMEOUT, 77);

    refresh(calls.withTimeout(Duration.ofSeconds(90)));
    refresh(calls);

    assertThat(sent).extracting(Request::timeout).containsExactly(Duration.ofSeconds(90), TIMEOUT);
    assertThat(sent).extracting(Request::maxResponseBytes).containsExactly(77, 77);
  }
}
