#!/usr/bin/python3
raise ValueError('nothing is right')
