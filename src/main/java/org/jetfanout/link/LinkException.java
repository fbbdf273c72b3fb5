package org.jetfanout.link;

import java.io.IOException;

/** A message could not be sent: nobody is at its address any more, or the broker is away. */
public final class LinkException extends IOException {
    private static final long serialVersionUID = 1L;

    LinkException(String message) {
        super(message);
    }
}
