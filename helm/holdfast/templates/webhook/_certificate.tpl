{{/* Values of webhook.certificate that contradict each other, with what to do; a schema would only say that it is so. */}}
{{- define "holdfast.certificate.check" -}}
{{- $certificate := .Values.webhook.certificate -}}
{{- $source := $certificate.source -}}
{{- if and $certificate.certManager.issuerRef.name (ne $source "CertManager") -}}
{{- fail (printf "webhook.certificate.certManager.issuerRef.name is set and webhook.certificate.source is %s: set source to CertManager, or no name" $source) -}}
{{- end -}}
{{- if and (not $certificate.certManager.issuerRef.name) (or (ne $certificate.certManager.issuerRef.kind "Issuer") (ne $certificate.certManager.issuerRef.group "cert-manager.io")) -}}
{{- fail "webhook.certificate.certManager.issuerRef has a kind or group and no name: set its name too" -}}
{{- end -}}
{{- if eq $source "Secret" -}}
{{- if not $certificate.secret.name -}}
{{- fail "webhook.certificate.source is Secret: set webhook.certificate.secret.name to a Secret with tls.crt and tls.key" -}}
{{- end -}}
{{- if not (trim $certificate.secret.caBundle) -}}
{{- fail "webhook.certificate.source is Secret: set webhook.certificate.secret.caBundle to the PEM of the CA that signed it" -}}
{{- end -}}
{{- else if or $certificate.secret.name $certificate.secret.caBundle -}}
{{- fail (printf "webhook.certificate.secret is set and webhook.certificate.source is %s: set source to Secret, or neither name nor caBundle" $source) -}}
{{- end -}}
{{- end -}}

{{/* The Secret that is mounted; none if the operator makes its own. */}}
{{- define "holdfast.certificate.secret" -}}
{{- if eq .Values.webhook.certificate.source "CertManager" -}}
holdfast-webhook-tls
{{- else if eq .Values.webhook.certificate.source "Secret" -}}
{{ .Values.webhook.certificate.secret.name }}
{{- end -}}
{{- end -}}
