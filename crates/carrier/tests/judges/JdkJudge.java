// The JDK as a judge: `java JdkJudge.java ROOT.pem UNIX_TIME LIST`, LIST names a document a line.
// Prints `ok` or `no REASON` a line. Signature by javax.xml.crypto, chain by PKIX.
import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.xml.crypto.AlgorithmMethod;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.KeySelectorResult;
import javax.xml.crypto.XMLCryptoContext;
import javax.xml.crypto.XMLStructure;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.X509Data;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

public class JdkJudge {
    static class Chain extends KeySelector {
        final List<X509Certificate> certificates = new ArrayList<>();

        public KeySelectorResult select(
                KeyInfo info, Purpose purpose, AlgorithmMethod method, XMLCryptoContext context) {
            for (XMLStructure structure : info.getContent()) {
                if (structure instanceof X509Data data) {
                    for (Object item : data.getContent()) {
                        certificates.add((X509Certificate) item);
                    }
                }
            }
            Key key = certificates.get(0).getPublicKey();
            return () -> key;
        }
    }

    public static void main(String[] arguments) throws Exception {
        CertificateFactory x509 = CertificateFactory.getInstance("X.509");
        X509Certificate root;
        try (InputStream file = new FileInputStream(arguments[0])) {
            root = (X509Certificate) x509.generateCertificate(file);
        }
        Date at = new Date(Long.parseLong(arguments[1]) * 1000);
        for (String line : Files.readAllLines(Path.of(arguments[2]))) {
            try {
                judge(line, root, at, x509);
                System.out.println("ok");
            } catch (Exception error) {
                String reason = String.valueOf(error.getMessage()).replace('\n', ' ');
                System.out.println("no " + error.getClass().getSimpleName() + " " + reason);
            }
        }
    }

    static void judge(String path, X509Certificate root, Date at, CertificateFactory x509)
            throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        var builder = factory.newDocumentBuilder();
        builder.setErrorHandler(null);
        Document document = builder.parse(path);
        NodeList found = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature");
        if (found.getLength() != 1) {
            throw new Exception(found.getLength() + " signatures");
        }
        Chain chain = new Chain();
        DOMValidateContext context = new DOMValidateContext(chain, found.item(0));
        XMLSignature signature = XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context);
        if (!signature.validate(context)) {
            throw new Exception("signature does not hold");
        }
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(at);
        CertPathValidator.getInstance("PKIX")
                .validate(x509.generateCertPath(chain.certificates), parameters);
    }
}
