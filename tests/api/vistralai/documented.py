"""What the published VistralAI document sends to Brand 360, bodies and code, as it stands there."""

from __future__ import annotations

from typing import Any

IDENTITY: dict[str, Any] = {
    "brandId": "brand_123",
    "mission": "Help businesses grow through AI",
    "vision": "To be the world's leading AI visibility platform",
    "coreValues": ["Innovation", "Transparency", "Customer-first"],
    "brandStory": "Founded in 2024 to solve a critical problem...",
    "uniqueSellingPoints": ["Real-time AI tracking", "Competitive benchmarking", "AI-powered insights"],
    "tagline": "Know How AI Sees You",
    "foundedYear": 2024,
    "headquarters": "San Francisco, CA",
}
MARKET_POSITION: dict[str, Any] = {
    "brandId": "brand_123",
    "targetAudiences": [
        {
            "name": "Enterprise CMOs",
            "demographics": "Age 35-55, $200k+ revenue brands",
            "psychographics": "Data-driven, competitive, growth-focused",
        }
    ],
    "marketSegment": "B2B SaaS",
    "geographicMarkets": ["US", "EU", "APAC"],
    "industryVerticals": ["Technology", "E-commerce", "Finance"],
    "positioning": "Premium AI visibility platform for enterprise brands",
}
COMPETITOR: dict[str, Any] = {
    "brandId": "brand_123",
    "name": "Competitor A",
    "domain": "competitor-a.com",
    "isPrimary": True,
    "strengths": ["Established brand", "Large customer base", "Advanced features"],
    "weaknesses": ["High pricing", "Poor UX", "Slow support"],
    "marketShare": 25,
    "differentiators": ["Our AI is more accurate", "Better pricing", "Faster implementation"],
}
PRODUCT: dict[str, Any] = {
    "brandId": "brand_123",
    "name": "VistralAI Pro",
    "sku": "VISTRAL-PRO-001",
    "category": "Software",
    "subcategory": "SaaS",
    "description": "Enterprise AI visibility platform with advanced analytics",
    "shortDescription": "AI visibility for enterprise brands",
    "features": ["Real-time tracking", "Competitor benchmarking", "AI insights"],
    "benefits": ["Understand AI representation", "Optimize brand presence", "Stay ahead of competition"],
    "pricing": {"currency": "USD", "amount": 9900, "billingPeriod": "monthly"},
    "url": "https://vistralai.com/pro",
    "isActive": True,
}
AUDIENCE: dict[str, Any] = {
    "brand360Id": "brand360_123",
    "primaryMarket": "B2B",
    "geographicFocus": "Global",
    "targetIndustries": ["Technology", "Finance", "Healthcare"],
}
PERSONA: dict[str, Any] = {
    "brand360Id": "brand360_123",
    "name": "Enterprise Emma",
    "title": "VP of Marketing",
    "archetype": "Decision Maker",
    "type": "primary",
    "ageRange": "35-50",
    "industry": "Technology",
    "primaryGoals": ["Increase brand visibility", "Monitor AI perception"],
    "painPoints": [
        {"title": "AI Visibility Gap", "description": "Cannot track AI representation", "severity": "high"}
    ],
}  # fmt: skip
POSITIONING: dict[str, Any] = {
    "brand360Id": "brand360_123",
    "positioningStatement": "For enterprise marketers...",
    "targetAudienceSummary": "Enterprise marketing leaders",
    "primaryBenefit": "AI visibility and optimization",
    "valuePropositions": [
        {"headline": "See How AI Sees You", "type": "Primary", "functionalValue": "Real-time perception tracking"}
    ],
    "proofPoints": [{"type": "Statistic", "title": "85% Accuracy Improvement", "metricValue": "85%"}],
}

PUBLISHED_AT = "https://vistralai.run.app"
JAVASCRIPT = """
// Fetch with session authentication (auto-included)
const response = await fetch('https://vistralai.run.app/api/brand-360/identity', {
  method: 'POST',
  headers: {
    'Content-Type': 'application/json',
  },
  credentials: 'include', // Include session cookie
  body: JSON.stringify({
    brandId: 'brand_123',
    mission: 'Help businesses grow',
    vision: 'Be the world leader'
  })
});

const data = await response.json();
console.log(data);
"""
PYTHON = """
import requests

session = requests.Session()

# Login first (or session already exists)
login_response = session.post(
  'https://vistralai.run.app/api/auth/login',
  json={
    'email': 'user@example.com',
    'password': 'password'
  }
)

# Then make authenticated requests
response = session.post(
  'https://vistralai.run.app/api/brand-360/identity',
  json={
    'brandId': 'brand_123',
    'mission': 'Help businesses grow'
  }
)

print(response.json())
"""
CURL = r"""
# Login
curl -c cookies.txt -X POST \
  https://vistralai.run.app/api/auth/login \
  -H "Content-Type: application/json" \
  -d '{"email": "user@example.com", "password": "password"}'

# Create brand identity (with session cookie)
curl -b cookies.txt -X POST \
  https://vistralai.run.app/api/brand-360/identity \
  -H "Content-Type: application/json" \
  -d '{
    "brandId": "brand_123",
    "mission": "Help businesses grow"
  }'
"""
