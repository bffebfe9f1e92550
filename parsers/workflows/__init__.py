"""Rules to executable decision trees and findings; `compilation` puts it together."""
