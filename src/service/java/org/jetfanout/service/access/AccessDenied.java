package org.jetfanout.service.access;

import org.jetfanout.service.http.RefusedException;

/** The caller may not do this: 403. */
public final class AccessDenied extends RefusedException {
    private static final long serialVersionUID = 1L;

    AccessDenied(String message) {
        super(403, message);
    }
}
