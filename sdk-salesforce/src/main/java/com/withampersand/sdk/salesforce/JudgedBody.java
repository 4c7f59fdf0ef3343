package com.withampersand.sdk.salesforce;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * Reads a response by the caller's handler, but keeps back a status of 400 or more until it is
 * judged: the caller's handler, which may write a file, must not see a refusal that a refresh
 * fixes.
 */
final class JudgedBody<T> implements BodyHandler<JudgedBody.Read<T>> {
  private static final int MAX_BYTES = 1 << 16;
  private static final int FIRST_REFUSAL = 400;

  private final BodyHandler<T> handler;

  JudgedBody(BodyHandler<T> handler) {
    this.handler = handler;
  }

  /**
   * What was read: the caller's body, or the first bytes of a refusal.
   *
   * @param body what the caller's handler made of it; null if it is a refusal
   * @param refusal the first 64 KiB of a refusal; null if it is not one
   * @param info status and headers
   */
  record Read<T>(@Nullable T body, @Nullable Refusal refusal, ResponseInfo info) {}

  /** The first bytes of a refusal. */
  static final class Refusal {
    private final byte[] bytes;

    Refusal(byte[] bytes) {
      this.bytes = bytes;
    }

    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  @Override
  public BodySubscriber<Read<T>> apply(ResponseInfo info) {
    return info.statusCode() < FIRST_REFUSAL
        ? BodySubscribers.mapping(handler.apply(info), body -> new Read<>(body, null, info))
        : BodySubscribers.mapping(
            new FirstBytes(), bytes -> new Read<>(null, new Refusal(bytes), info));
  }

  /**
   * Returns the body as the caller's handler makes it, of a refusal too. A handler that throws
   * fails the body, as it does where the client calls it.
   */
  CompletableFuture<T> body(Read<T> read) {
    if (read.refusal() == null) {
      return CompletableFuture.completedFuture(read.body());
    }
    try {
      BodySubscriber<T> subscriber = handler.apply(read.info());
      subscriber.onSubscribe(new OneBuffer(subscriber, read.refusal().bytes));
      return subscriber.getBody().toCompletableFuture();
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Delivers one buffer when it is asked for. */
  private static final class OneBuffer implements Subscription {
    private final BodySubscriber<?> subscriber;
    private final byte[] bytes;
    private boolean isOver;

    OneBuffer(BodySubscriber<?> subscriber, byte[] bytes) {
      this.subscriber = subscriber;
      this.bytes = bytes;
    }

    @Override
    public void request(long count) {
      if (!isOver) {
        isOver = true;
        subscriber.onNext(List.of(ByteBuffer.wrap(bytes).asReadOnlyBuffer()));
        subscriber.onComplete();
      }
    }

    @Override
    public void cancel() {
      isOver = true;
    }
  }

  /** Collects the first bytes of a body, and does not wait for the rest. */
  private static final class FirstBytes implements BodySubscriber<byte[]> {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();

    @Override
    public CompletionStage<byte[]> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      getBody().whenComplete((first, error) -> subscription.cancel());
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        byte[] chunk = new byte[Math.min(buffer.remaining(), MAX_BYTES - bytes.size())];
        buffer.get(chunk);
        bytes.writeBytes(chunk);
      }
      if (bytes.size() == MAX_BYTES) {
        onComplete();
      }
    }

    @Override
    public void onError(Throwable error) {
      body.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
      body.complete(bytes.toByteArray());
    }
  }
}
