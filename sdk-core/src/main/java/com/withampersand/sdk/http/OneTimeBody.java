package com.withampersand.sdk.http;

import com.withampersand.sdk.http.HttpTransport.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The body of a request, handed to the client once. A client that wants to repeat the request, as
 * the JDK's does with an authenticator or with {@code jdk.httpclient.enableAllMethodRetry}, gets an
 * error in place of a second copy.
 *
 * <p>An empty body is not handed out; the client asks for its length each time that it sends the
 * request. It repeats a GET whose connection is closed before the answer. One that is not
 * repeatable gets an error in place of a second length.
 */
final class OneTimeBody implements BodyPublisher {
  private static final String REPEATED = "the request was sent once, and is not repeated";

  private final BodyPublisher bytes;
  private final boolean repeatable;
  private final AtomicBoolean taken = new AtomicBoolean();
  private final AtomicBoolean measured = new AtomicBoolean();

  private OneTimeBody(byte[] bytes, boolean repeatable) {
    this.bytes = bytes.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(bytes);
    this.repeatable = repeatable;
  }

  static OneTimeBody of(Request request) {
    return new OneTimeBody(request.body(), request.isRepeatable());
  }

  /** Tells whether the body may have left this process. */
  boolean maybeSent() {
    return taken.get() || (isMeasuredOnce() && measured.get());
  }

  private boolean isMeasuredOnce() {
    return !repeatable && bytes.contentLength() == 0;
  }

  /** Tells whether there is a body, and it has not left this process. */
  boolean neverSent() {
    return bytes.contentLength() > 0 && !taken.get();
  }

  @Override
  public long contentLength() {
    boolean again = measured.getAndSet(true);
    if (again && isMeasuredOnce()) {
      throw new UncheckedIOException(new IOException(REPEATED));
    }
    return bytes.contentLength();
  }

  @Override
  public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
    if (taken.compareAndSet(false, true)) {
      bytes.subscribe(subscriber);
    } else {
      subscriber.onSubscribe(new Nothing());
      subscriber.onError(new IOException(REPEATED));
    }
  }

  private static final class Nothing implements Subscription {
    @Override
    public void request(long count) {}

    @Override
    public void cancel() {}
  }
}
