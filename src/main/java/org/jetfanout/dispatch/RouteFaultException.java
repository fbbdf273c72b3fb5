package org.jetfanout.dispatch;

/** A packaged step cannot do its work where a route has it: another step must come before it. */
final class RouteFaultException extends Exception {
    private static final long serialVersionUID = 1L;

    RouteFaultException(String message) {
        super(message);
    }
}
