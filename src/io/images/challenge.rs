//! What a registry wants to hear before it answers, and where that is had (RFC 9110 §11.6.1 and
//! the token authentication of the distribution project).

use http_auth::parser::ChallengeParser;
use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderValue};
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::Serializer;

use super::docker::Login;
use crate::io::http::web::{Body, Question, Web, basic, bearer, body};
use crate::io::http::{Failure, origin, refusal};

/// Far more than a token needs.
const LONGEST_ANSWER: u64 = 1024 * 1024;

/// How a registry wants to be spoken to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// By user and password.
    Basic,
    /// By a token that another server gives.
    Bearer { realm: Url, service: Option<String> },
}

#[derive(Deserialize)]
struct TokenWire {
    token: Option<String>,
    access_token: Option<String>,
}

impl Challenge {
    /// The first way that vhb knows; a token is never the user's password itself.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let all = headers.get_all(header::WWW_AUTHENTICATE);
        let texts: Vec<_> = all.iter().filter_map(|value| value.to_str().ok()).collect();
        let challenges = texts
            .iter()
            .copied()
            .flat_map(ChallengeParser::new)
            .flatten();
        let mut known = None;
        for challenge in challenges {
            let parameter = |name: &str| {
                let mut parameters = challenge.params.iter();
                let found = parameters.find(|(key, _)| key.eq_ignore_ascii_case(name));
                found.map(|(_, value)| value.to_unescaped())
            };
            if challenge.scheme.eq_ignore_ascii_case("bearer") {
                let realm = parameter("realm")?.parse().ok()?;
                let service = parameter("service");
                return Some(Self::Bearer { realm, service });
            }
            if challenge.scheme.eq_ignore_ascii_case("basic") {
                known = Some(Self::Basic);
            }
        }
        known
    }

    /// What to send; none where the user would have to be known, and is not.
    pub(super) fn answer(
        &self,
        web: &Web,
        registry: &Url,
        scope: &str,
        login: Option<&Login>,
    ) -> Result<Option<HeaderValue>, Failure> {
        match (self, login) {
            (Self::Basic, Some(Login::Password(credentials))) => Ok(basic(credentials)),
            (Self::Basic, _) => Ok(None),
            (Self::Bearer { realm, service }, login) => {
                if registry.scheme() == "https" && realm.scheme() != "https" {
                    let realm = origin(realm);
                    return Err(Failure::Permanent(format!(
                        "its tokens come from `{realm}`, which is not encrypted"
                    )));
                }
                let mut fields = vec![("scope", scope)];
                fields.extend(service.as_deref().map(|service| ("service", service)));
                token(web, realm, &fields, login).map(Some)
            }
        }
    }
}

fn token(
    web: &Web,
    realm: &Url,
    fields: &[(&str, &str)],
    login: Option<&Login>,
) -> Result<HeaderValue, Failure> {
    let mut headers = HeaderMap::new();
    let mut address = realm.clone();
    let mut form = None;
    let mut method = Method::GET;
    if let Some(Login::IdentityToken(identity)) = login {
        method = Method::POST;
        let mut written = Serializer::new(String::new());
        written
            .append_pair("grant_type", "refresh_token")
            .append_pair("client_id", "vhb")
            .append_pair("refresh_token", identity)
            .extend_pairs(fields);
        form = Some(Body::Form(written.finish()));
    } else {
        address.query_pairs_mut().extend_pairs(fields);
        if let Some(Login::Password(credentials)) = login {
            headers.extend(basic(credentials).map(|value| (header::AUTHORIZATION, value)));
        }
    }
    let response = web.ask(&Question {
        method,
        address: &address,
        headers,
        body: form,
    })?;
    match response.status().as_u16() {
        200 => {}
        // An identity token that is no longer one (RFC 6749 §5.2).
        400 if login.is_some() => {
            return Err(Failure::Denied(format!(
                "`{}` answered {} to the credentials that were sent",
                origin(realm),
                response.status()
            )));
        }
        _ => return Err(refusal(realm, &response, login.is_some())),
    }
    let no_token = || Failure::Permanent(format!("`{}` gave no token", origin(realm)));
    let bytes = body(response, LONGEST_ANSWER)?.ok_or_else(no_token)?;
    let wire: TokenWire = serde_json::from_slice(&bytes).map_err(|_| no_token())?;
    let token = wire.token.or(wire.access_token).ok_or_else(no_token)?;
    bearer(&token).ok_or_else(no_token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&'static str]) -> Option<Challenge> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static(value));
        }
        Challenge::of(&headers)
    }

    #[test]
    fn tokens_are_preferred_to_passwords() {
        let bearer = Some(Challenge::Bearer {
            realm: "https://auth.example/token".parse().unwrap(),
            service: Some("a, b".to_owned()),
        });
        let header = r#"Bearer realm="https://auth.example/token",service="a, b",scope="x""#;
        assert_eq!(of(&[header]), bearer);
        assert_eq!(of(&[r#"Basic realm="x""#, header]), bearer);
        assert_eq!(of(&[r#"basic realm="x""#]), Some(Challenge::Basic));
        for nothing in [
            &[][..],
            &["Negotiate"],
            &["Bearer"],
            &[r#"Bearer realm="x""#],
        ] {
            assert_eq!(of(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn tokens_of_an_encrypted_registry_come_encrypted() {
        let challenge = of(&[r#"Bearer realm="http://auth.example/token""#]).unwrap();
        let registry = "https://registry.example/".parse().unwrap();
        let web = Web::new(std::time::Duration::from_secs(1));
        let failure = challenge.answer(&web, &registry, "a", None).unwrap_err();
        let Failure::Permanent(reason) = failure else {
            panic!("{failure:?}");
        };
        assert!(reason.contains("not encrypted"), "{reason}");
    }
}
