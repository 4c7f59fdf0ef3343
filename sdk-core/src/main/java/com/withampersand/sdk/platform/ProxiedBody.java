package com.withampersand.sdk.platform;

import com.withampersand.sdk.http.HttpTransport.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads a response by the caller's handler, but keeps some back until they are judged: the caller's
 * handler, which may write a file, must not see a response that is followed by another.
 */
final class ProxiedBody<T> implements BodyHandler<ProxiedBody.Read<T>> {
  private static final int FIRST_BYTES = 1 << 16;

  private final BodyHandler<T> handler;
  private final Predicate<ResponseInfo> isKeptBack;
  private final int mostKept;
  private final int mostRead;

  private ProxiedBody(
      BodyHandler<T> handler, Predicate<ResponseInfo> isKeptBack, int mostKept, int mostRead) {
    this.handler = handler;
    this.isKeptBack = isKeptBack;
    this.mostKept = mostKept;
    this.mostRead = mostRead;
  }

  /**
   * Reads by a handler, which gets the first 64 KiB of a response that was kept back.
   *
   * @param isKeptBack tells from status and headers whether a response is kept back
   */
  static <T> ProxiedBody<T> by(BodyHandler<T> handler, Predicate<ResponseInfo> isKeptBack) {
    return new ProxiedBody<>(handler, isKeptBack, FIRST_BYTES, FIRST_BYTES);
  }

  /** Reads texts, all of which are kept back until they are complete. */
  static ProxiedBody<String> text(int mostBytes) {
    return new ProxiedBody<>(BodyHandlers.ofString(), info -> true, mostBytes + 1, mostBytes);
  }

  /**
   * What was read: the caller's body, or a response that is kept back.
   *
   * @param body what the caller's handler made of it; null if it is kept back
   * @param keptBack the response with the first bytes of its body; null if the handler has it
   * @param info status and headers
   */
  record Read<T>(@Nullable T body, @Nullable Response keptBack, ResponseInfo info) {}

  @Override
  public BodySubscriber<Read<T>> apply(ResponseInfo info) {
    return isKeptBack.test(info)
        ? BodySubscribers.mapping(
            new FirstBytes(mostKept), bytes -> new Read<>(null, response(info, bytes), info))
        : BodySubscribers.mapping(handler.apply(info), body -> new Read<>(body, null, info));
  }

  private static Response response(ResponseInfo info, byte[] bytes) {
    return new Response(info.statusCode(), info.headers().map(), bytes);
  }

  /**
   * Returns the body as the caller's handler makes it, of a response that was kept back too. A
   * handler that throws fails the body, as it does where the client calls it.
   */
  CompletableFuture<T> body(Read<T> read) {
    if (read.keptBack() == null) {
      return CompletableFuture.completedFuture(read.body());
    }
    byte[] bytes = read.keptBack().body();
    if (bytes.length > mostRead) {
      return CompletableFuture.failedFuture(
          new IOException(
              "the response is longer than "
                  + mostRead
                  + " bytes; raise maxResponseBytes, or read it with your own BodyHandler"));
    }
    try {
      BodySubscriber<T> subscriber = handler.apply(read.info());
      subscriber.onSubscribe(new OneBuffer(subscriber, bytes));
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
    private final int most;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();

    FirstBytes(int most) {
      this.most = most;
    }

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
        byte[] chunk = new byte[Math.min(buffer.remaining(), most - bytes.size())];
        buffer.get(chunk);
        bytes.writeBytes(chunk);
      }
      if (bytes.size() == most) {
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
