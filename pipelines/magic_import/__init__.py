"""Magic import: a website goes in, a filled brand with its open reviews comes out, in one job. Called by the AEO API.

    crawl        (web)   as onboarding does it                                              onboarding/crawl/stage.py
    analyze      (cpu)   what each page says, and what all say together                     stages.py
    competitors  (quick) puts up the review of the competitors, the sure ones into the brand
    profile      (quick) the same for identity, products and audience; the brand as it is then is the result

What a stage of onboarding does is done by its own function (onboarding/extract.py, analyze.py, review.py).
"""
