"""Onboarding: a website goes in, a reviewed brand comes out. Called by the API's onboarding endpoints.

    crawl    (web)  reads the site within its rules, each page kept as it comes            crawl/stage.py
    extract  (cpu)  what each page says about the company, unchanged pages from the cache  extract.py
    analyze  (cpu)  weighs all pages together and builds the documented result             analyze.py
    review   (quick) puts up one review per data type; what is sure goes into the brand    review.py

The job is completed when its reviews are open; people then decide in their own time (store/brands/reviews.py).
"""
