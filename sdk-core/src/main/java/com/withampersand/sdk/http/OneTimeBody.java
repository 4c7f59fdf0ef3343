package com.withampersand.sdk.http;

import java.io.IOException;
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
 */
final class OneTimeBody implements BodyPublisher {
  private final BodyPublisher bytes;
  private final AtomicBoolean taken = new AtomicBoolean();

  OneTimeBody(byte[] bytes) {
    this.bytes = bytes.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(bytes);
  }

  /** Tells whether the body may have left this process. */
  boolean maybeSent() {
    return taken.get();
  }

  /** Tells whether there is a body, and it has not left this process. */
  boolean neverSent() {
    return contentLength() > 0 && !taken.get();
  }

  @Override
  public long contentLength() {
    return bytes.contentLength();
  }

  @Override
  public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
    if (taken.compareAndSet(false, true)) {
      bytes.subscribe(subscriber);
    } else {
      subscriber.onSubscribe(new Nothing());
      subscriber.onError(new IOException("the request was sent once, and is not repeated"));
    }
  }

  private static final class Nothing implements Subscription {
    @Override
    public void request(long count) {}

    @Override
    public void cancel() {}
  }
}
