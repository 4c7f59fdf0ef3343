package com.withampersand.sdk.token.refresh;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One process of the model, with what the checker remembers about it. */
final class Node {
  /**
   * Someone who waits for something.
   *
   * @param consent the consent that was stored when the wait began
   */
  record Caller(int id, Why why, @Nullable Token refused, long since, int consent) {}

  final int index;
  int life;
  Policy policy;
  Memory memory = Memory.EMPTY;
  @Nullable NodeTime wakeAt;
  boolean paused;
  long pausedAt;

  /** What is under way and will be answered; a read or write comes first. */
  final List<Op> ops;

  final List<Caller> callers;

  /** The access token that the application has. */
  Token holds = Token.NONE;

  int waiters;

  /** The newest tokens that this life of the process was given. */
  Token heard = Token.NONE;

  /** The newest of them whose loss would be one. */
  Token given = Token.NONE;

  /** The lease that the store gave to this life last. */
  long leaseNumber;

  long leaseUntil;
  long announcedAt;
  long lookFailedAt = -1;
  int rooms;
  int disconnects;

  /** The consent that this life stored as ended; 0 if it did not. */
  int endedConsent;

  /** Which of all ends that was. */
  int end;

  /** The newest tokens that the store did not take from this life when it first tried. */
  Token notTaken = Token.NONE;

  /** How wrong the wall clock is. */
  long wallSkew;

  boolean isOwner = true;

  /** Until when the host of the issuer is left alone. */
  long closedUntil;

  /** Whether a caller wanted the grant to go whatever the provider says. */
  boolean forced;

  Node(int index, Policy policy) {
    this.index = index;
    this.policy = policy;
    this.ops = new ArrayList<>(3);
    this.callers = new ArrayList<>(2);
  }

  private Node(Node other) {
    index = other.index;
    life = other.life;
    policy = other.policy;
    memory = other.memory;
    wakeAt = other.wakeAt;
    paused = other.paused;
    pausedAt = other.pausedAt;
    ops = new ArrayList<>(other.ops);
    callers = new ArrayList<>(other.callers);
    holds = other.holds;
    waiters = other.waiters;
    heard = other.heard;
    given = other.given;
    leaseNumber = other.leaseNumber;
    leaseUntil = other.leaseUntil;
    announcedAt = other.announcedAt;
    lookFailedAt = other.lookFailedAt;
    rooms = other.rooms;
    disconnects = other.disconnects;
    endedConsent = other.endedConsent;
    end = other.end;
    notTaken = other.notTaken;
    wallSkew = other.wallSkew;
    isOwner = other.isOwner;
    forced = other.forced;
    closedUntil = other.closedUntil;
  }

  Node copy() {
    return new Node(this);
  }

  String name() {
    return String.valueOf((char) ('A' + index));
  }

  @Nullable Caller caller(int id) {
    for (Caller caller : callers) {
      if (caller.id == id) {
        return caller;
      }
    }
    return null;
  }

  @Nullable Op storeOp() {
    return !ops.isEmpty() && ops.get(0).isStore() ? ops.get(0) : null;
  }
}
