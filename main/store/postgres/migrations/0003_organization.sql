-- The organization around its plants: countries, business units and their stores, departments, work centers, places,
-- members, and what the organization subscribes to. ISA-95 names (IEC 62264-1, 5.3): enterprise, site, area, work center.

CREATE TABLE org.countries (
  code text PRIMARY KEY CHECK (code ~ '^[A-Z]{2}$'),
  name text NOT NULL UNIQUE CHECK (name <> ''),
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  time_zone text NOT NULL CHECK (time_zone <> ''),
  locale text NOT NULL CHECK (locale ~ '^[a-z]{2,3}-[A-Z]{2}$'),
  active boolean NOT NULL DEFAULT true,
  configuration jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(configuration) = 'object')
);
COMMENT ON TABLE org.countries IS 'Countries and territories by ISO 3166-1 alpha-2 code, with the usual currency and language from the Unicode CLDR and the main time zone from the IANA database.';
COMMENT ON COLUMN org.countries.currency IS 'ISO 4217; NULL where nobody lives.';
COMMENT ON COLUMN org.countries.time_zone IS 'IANA name, that of most people where there are several.';
COMMENT ON COLUMN org.countries.locale IS 'BCP 47.';
COMMENT ON COLUMN org.countries.configuration IS 'Rules of the country: tax rates, regulations.';
CREATE INDEX countries_active ON org.countries (code) WHERE active;
INSERT INTO org.countries (code, name, currency, time_zone, locale) VALUES
  ('AD', 'Andorra', 'EUR', 'Europe/Andorra', 'ca-AD'), ('AE', 'United Arab Emirates', 'AED', 'Asia/Dubai', 'ar-AE'),
  ('AF', 'Afghanistan', 'AFN', 'Asia/Kabul', 'fa-AF'), ('AG', 'Antigua & Barbuda', 'XCD', 'America/Antigua', 'en-AG'),
  ('AI', 'Anguilla', 'XCD', 'America/Anguilla', 'en-AI'), ('AL', 'Albania', 'ALL', 'Europe/Tirane', 'sq-AL'),
  ('AM', 'Armenia', 'AMD', 'Asia/Yerevan', 'hy-AM'), ('AO', 'Angola', 'AOA', 'Africa/Luanda', 'pt-AO'),
  ('AQ', 'Antarctica', NULL, 'Antarctica/McMurdo', 'en-AQ'),
  ('AR', 'Argentina', 'ARS', 'America/Argentina/Buenos_Aires', 'es-AR'),
  ('AS', 'American Samoa', 'USD', 'Pacific/Pago_Pago', 'sm-AS'), ('AT', 'Austria', 'EUR', 'Europe/Vienna', 'de-AT'),
  ('AU', 'Australia', 'AUD', 'Australia/Sydney', 'en-AU'), ('AW', 'Aruba', 'AWG', 'America/Aruba', 'nl-AW'),
  ('AX', 'Åland Islands', 'EUR', 'Europe/Mariehamn', 'sv-AX'), ('AZ', 'Azerbaijan', 'AZN', 'Asia/Baku', 'az-AZ'),
  ('BA', 'Bosnia & Herzegovina', 'BAM', 'Europe/Sarajevo', 'bs-BA'), ('BB', 'Barbados', 'BBD', 'America/Barbados', 'en-BB'),
  ('BD', 'Bangladesh', 'BDT', 'Asia/Dhaka', 'bn-BD'), ('BE', 'Belgium', 'EUR', 'Europe/Brussels', 'nl-BE'),
  ('BF', 'Burkina Faso', 'XOF', 'Africa/Ouagadougou', 'fr-BF'), ('BG', 'Bulgaria', 'EUR', 'Europe/Sofia', 'bg-BG'),
  ('BH', 'Bahrain', 'BHD', 'Asia/Bahrain', 'ar-BH'), ('BI', 'Burundi', 'BIF', 'Africa/Bujumbura', 'rn-BI'),
  ('BJ', 'Benin', 'XOF', 'Africa/Porto-Novo', 'fr-BJ'), ('BL', 'St. Barthélemy', 'EUR', 'America/St_Barthelemy', 'fr-BL'),
  ('BM', 'Bermuda', 'BMD', 'Atlantic/Bermuda', 'en-BM'), ('BN', 'Brunei', 'BND', 'Asia/Brunei', 'ms-BN'),
  ('BO', 'Bolivia', 'BOB', 'America/La_Paz', 'es-BO'),
  ('BQ', 'Caribbean Netherlands', 'USD', 'America/Kralendijk', 'nl-BQ'),
  ('BR', 'Brazil', 'BRL', 'America/Sao_Paulo', 'pt-BR'), ('BS', 'Bahamas', 'BSD', 'America/Nassau', 'en-BS'),
  ('BT', 'Bhutan', 'BTN', 'Asia/Thimphu', 'dz-BT'), ('BV', 'Bouvet Island', 'NOK', 'UTC', 'en-BV'),
  ('BW', 'Botswana', 'BWP', 'Africa/Gaborone', 'en-BW'), ('BY', 'Belarus', 'BYN', 'Europe/Minsk', 'be-BY'),
  ('BZ', 'Belize', 'BZD', 'America/Belize', 'en-BZ'), ('CA', 'Canada', 'CAD', 'America/Toronto', 'en-CA'),
  ('CC', 'Cocos (Keeling) Islands', 'AUD', 'Indian/Cocos', 'en-CC'),
  ('CD', 'Congo - Kinshasa', 'CDF', 'Africa/Kinshasa', 'fr-CD'),
  ('CF', 'Central African Republic', 'XAF', 'Africa/Bangui', 'sg-CF'),
  ('CG', 'Congo - Brazzaville', 'XAF', 'Africa/Brazzaville', 'fr-CG'),
  ('CH', 'Switzerland', 'CHF', 'Europe/Zurich', 'de-CH'), ('CI', 'Côte d’Ivoire', 'XOF', 'Africa/Abidjan', 'fr-CI'),
  ('CK', 'Cook Islands', 'NZD', 'Pacific/Rarotonga', 'en-CK'), ('CL', 'Chile', 'CLP', 'America/Santiago', 'es-CL'),
  ('CM', 'Cameroon', 'XAF', 'Africa/Douala', 'fr-CM'), ('CN', 'China', 'CNY', 'Asia/Shanghai', 'zh-CN'),
  ('CO', 'Colombia', 'COP', 'America/Bogota', 'es-CO'), ('CR', 'Costa Rica', 'CRC', 'America/Costa_Rica', 'es-CR'),
  ('CU', 'Cuba', 'CUP', 'America/Havana', 'es-CU'), ('CV', 'Cape Verde', 'CVE', 'Atlantic/Cape_Verde', 'pt-CV'),
  ('CW', 'Curaçao', 'XCG', 'America/Curacao', 'pap-CW'), ('CX', 'Christmas Island', 'AUD', 'Indian/Christmas', 'en-CX'),
  ('CY', 'Cyprus', 'EUR', 'Asia/Nicosia', 'el-CY'), ('CZ', 'Czechia', 'CZK', 'Europe/Prague', 'cs-CZ'),
  ('DE', 'Germany', 'EUR', 'Europe/Berlin', 'de-DE'), ('DJ', 'Djibouti', 'DJF', 'Africa/Djibouti', 'fr-DJ'),
  ('DK', 'Denmark', 'DKK', 'Europe/Copenhagen', 'da-DK'), ('DM', 'Dominica', 'XCD', 'America/Dominica', 'en-DM'),
  ('DO', 'Dominican Republic', 'DOP', 'America/Santo_Domingo', 'es-DO'),
  ('DZ', 'Algeria', 'DZD', 'Africa/Algiers', 'ar-DZ'), ('EC', 'Ecuador', 'USD', 'America/Guayaquil', 'es-EC'),
  ('EE', 'Estonia', 'EUR', 'Europe/Tallinn', 'et-EE'), ('EG', 'Egypt', 'EGP', 'Africa/Cairo', 'ar-EG'),
  ('EH', 'Western Sahara', 'MAD', 'Africa/El_Aaiun', 'ar-EH'), ('ER', 'Eritrea', 'ERN', 'Africa/Asmara', 'ti-ER'),
  ('ES', 'Spain', 'EUR', 'Europe/Madrid', 'es-ES'), ('ET', 'Ethiopia', 'ETB', 'Africa/Addis_Ababa', 'am-ET'),
  ('FI', 'Finland', 'EUR', 'Europe/Helsinki', 'fi-FI'), ('FJ', 'Fiji', 'FJD', 'Pacific/Fiji', 'en-FJ'),
  ('FK', 'Falkland Islands', 'FKP', 'Atlantic/Stanley', 'en-FK'), ('FM', 'Micronesia', 'USD', 'Pacific/Pohnpei', 'en-FM'),
  ('FO', 'Faroe Islands', 'DKK', 'Atlantic/Faroe', 'fo-FO'), ('FR', 'France', 'EUR', 'Europe/Paris', 'fr-FR'),
  ('GA', 'Gabon', 'XAF', 'Africa/Libreville', 'fr-GA'), ('GB', 'United Kingdom', 'GBP', 'Europe/London', 'en-GB'),
  ('GD', 'Grenada', 'XCD', 'America/Grenada', 'en-GD'), ('GE', 'Georgia', 'GEL', 'Asia/Tbilisi', 'ka-GE'),
  ('GF', 'French Guiana', 'EUR', 'America/Cayenne', 'fr-GF'), ('GG', 'Guernsey', 'GBP', 'Europe/Guernsey', 'en-GG'),
  ('GH', 'Ghana', 'GHS', 'Africa/Accra', 'en-GH'), ('GI', 'Gibraltar', 'GIP', 'Europe/Gibraltar', 'en-GI'),
  ('GL', 'Greenland', 'DKK', 'America/Nuuk', 'kl-GL'), ('GM', 'Gambia', 'GMD', 'Africa/Banjul', 'en-GM'),
  ('GN', 'Guinea', 'GNF', 'Africa/Conakry', 'fr-GN'), ('GP', 'Guadeloupe', 'EUR', 'America/Guadeloupe', 'fr-GP'),
  ('GQ', 'Equatorial Guinea', 'XAF', 'Africa/Malabo', 'es-GQ'), ('GR', 'Greece', 'EUR', 'Europe/Athens', 'el-GR'),
  ('GS', 'South Georgia & South Sandwich Islands', 'GBP', 'Atlantic/South_Georgia', 'en-GS'),
  ('GT', 'Guatemala', 'GTQ', 'America/Guatemala', 'es-GT'), ('GU', 'Guam', 'USD', 'Pacific/Guam', 'en-GU'),
  ('GW', 'Guinea-Bissau', 'XOF', 'Africa/Bissau', 'pt-GW'), ('GY', 'Guyana', 'GYD', 'America/Guyana', 'en-GY'),
  ('HK', 'Hong Kong SAR China', 'HKD', 'Asia/Hong_Kong', 'zh-HK'),
  ('HM', 'Heard & McDonald Islands', 'AUD', 'UTC', 'en-HM'), ('HN', 'Honduras', 'HNL', 'America/Tegucigalpa', 'es-HN'),
  ('HR', 'Croatia', 'EUR', 'Europe/Zagreb', 'hr-HR'), ('HT', 'Haiti', 'HTG', 'America/Port-au-Prince', 'ht-HT'),
  ('HU', 'Hungary', 'HUF', 'Europe/Budapest', 'hu-HU'), ('ID', 'Indonesia', 'IDR', 'Asia/Jakarta', 'id-ID'),
  ('IE', 'Ireland', 'EUR', 'Europe/Dublin', 'en-IE'), ('IL', 'Israel', 'ILS', 'Asia/Jerusalem', 'he-IL'),
  ('IM', 'Isle of Man', 'GBP', 'Europe/Isle_of_Man', 'en-IM'), ('IN', 'India', 'INR', 'Asia/Kolkata', 'hi-IN'),
  ('IO', 'British Indian Ocean Territory', 'USD', 'Indian/Chagos', 'en-IO'), ('IQ', 'Iraq', 'IQD', 'Asia/Baghdad', 'ar-IQ'),
  ('IR', 'Iran', 'IRR', 'Asia/Tehran', 'fa-IR'), ('IS', 'Iceland', 'ISK', 'Atlantic/Reykjavik', 'is-IS'),
  ('IT', 'Italy', 'EUR', 'Europe/Rome', 'it-IT'), ('JE', 'Jersey', 'GBP', 'Europe/Jersey', 'en-JE'),
  ('JM', 'Jamaica', 'JMD', 'America/Jamaica', 'en-JM'), ('JO', 'Jordan', 'JOD', 'Asia/Amman', 'ar-JO'),
  ('JP', 'Japan', 'JPY', 'Asia/Tokyo', 'ja-JP'), ('KE', 'Kenya', 'KES', 'Africa/Nairobi', 'sw-KE'),
  ('KG', 'Kyrgyzstan', 'KGS', 'Asia/Bishkek', 'ky-KG'), ('KH', 'Cambodia', 'KHR', 'Asia/Phnom_Penh', 'km-KH'),
  ('KI', 'Kiribati', 'AUD', 'Pacific/Tarawa', 'en-KI'), ('KM', 'Comoros', 'KMF', 'Indian/Comoro', 'ar-KM'),
  ('KN', 'St. Kitts & Nevis', 'XCD', 'America/St_Kitts', 'en-KN'), ('KP', 'North Korea', 'KPW', 'Asia/Pyongyang', 'ko-KP'),
  ('KR', 'South Korea', 'KRW', 'Asia/Seoul', 'ko-KR'), ('KW', 'Kuwait', 'KWD', 'Asia/Kuwait', 'ar-KW'),
  ('KY', 'Cayman Islands', 'KYD', 'America/Cayman', 'en-KY'), ('KZ', 'Kazakhstan', 'KZT', 'Asia/Almaty', 'ru-KZ'),
  ('LA', 'Laos', 'LAK', 'Asia/Vientiane', 'lo-LA'), ('LB', 'Lebanon', 'LBP', 'Asia/Beirut', 'ar-LB'),
  ('LC', 'St. Lucia', 'XCD', 'America/St_Lucia', 'en-LC'), ('LI', 'Liechtenstein', 'CHF', 'Europe/Vaduz', 'de-LI'),
  ('LK', 'Sri Lanka', 'LKR', 'Asia/Colombo', 'si-LK'), ('LR', 'Liberia', 'LRD', 'Africa/Monrovia', 'en-LR'),
  ('LS', 'Lesotho', 'LSL', 'Africa/Maseru', 'st-LS'), ('LT', 'Lithuania', 'EUR', 'Europe/Vilnius', 'lt-LT'),
  ('LU', 'Luxembourg', 'EUR', 'Europe/Luxembourg', 'fr-LU'), ('LV', 'Latvia', 'EUR', 'Europe/Riga', 'lv-LV'),
  ('LY', 'Libya', 'LYD', 'Africa/Tripoli', 'ar-LY'), ('MA', 'Morocco', 'MAD', 'Africa/Casablanca', 'ar-MA'),
  ('MC', 'Monaco', 'EUR', 'Europe/Monaco', 'fr-MC'), ('MD', 'Moldova', 'MDL', 'Europe/Chisinau', 'ro-MD'),
  ('ME', 'Montenegro', 'EUR', 'Europe/Podgorica', 'sr-ME'), ('MF', 'St. Martin', 'EUR', 'America/Marigot', 'fr-MF'),
  ('MG', 'Madagascar', 'MGA', 'Indian/Antananarivo', 'mg-MG'), ('MH', 'Marshall Islands', 'USD', 'Pacific/Majuro', 'en-MH'),
  ('MK', 'North Macedonia', 'MKD', 'Europe/Skopje', 'mk-MK'), ('ML', 'Mali', 'XOF', 'Africa/Bamako', 'fr-ML'),
  ('MM', 'Myanmar (Burma)', 'MMK', 'Asia/Yangon', 'my-MM'), ('MN', 'Mongolia', 'MNT', 'Asia/Ulaanbaatar', 'mn-MN'),
  ('MO', 'Macao SAR China', 'MOP', 'Asia/Macau', 'zh-MO'),
  ('MP', 'Northern Mariana Islands', 'USD', 'Pacific/Saipan', 'en-MP'),
  ('MQ', 'Martinique', 'EUR', 'America/Martinique', 'fr-MQ'), ('MR', 'Mauritania', 'MRU', 'Africa/Nouakchott', 'ar-MR'),
  ('MS', 'Montserrat', 'XCD', 'America/Montserrat', 'en-MS'), ('MT', 'Malta', 'EUR', 'Europe/Malta', 'mt-MT'),
  ('MU', 'Mauritius', 'MUR', 'Indian/Mauritius', 'fr-MU'), ('MV', 'Maldives', 'MVR', 'Indian/Maldives', 'dv-MV'),
  ('MW', 'Malawi', 'MWK', 'Africa/Blantyre', 'ny-MW'), ('MX', 'Mexico', 'MXN', 'America/Mexico_City', 'es-MX'),
  ('MY', 'Malaysia', 'MYR', 'Asia/Kuala_Lumpur', 'ms-MY'), ('MZ', 'Mozambique', 'MZN', 'Africa/Maputo', 'pt-MZ'),
  ('NA', 'Namibia', 'NAD', 'Africa/Windhoek', 'en-NA'), ('NC', 'New Caledonia', 'XPF', 'Pacific/Noumea', 'fr-NC'),
  ('NE', 'Niger', 'XOF', 'Africa/Niamey', 'fr-NE'), ('NF', 'Norfolk Island', 'AUD', 'Pacific/Norfolk', 'en-NF'),
  ('NG', 'Nigeria', 'NGN', 'Africa/Lagos', 'en-NG'), ('NI', 'Nicaragua', 'NIO', 'America/Managua', 'es-NI'),
  ('NL', 'Netherlands', 'EUR', 'Europe/Amsterdam', 'nl-NL'), ('NO', 'Norway', 'NOK', 'Europe/Oslo', 'no-NO'),
  ('NP', 'Nepal', 'NPR', 'Asia/Kathmandu', 'ne-NP'), ('NR', 'Nauru', 'AUD', 'Pacific/Nauru', 'en-NR'),
  ('NU', 'Niue', 'NZD', 'Pacific/Niue', 'niu-NU'), ('NZ', 'New Zealand', 'NZD', 'Pacific/Auckland', 'en-NZ'),
  ('OM', 'Oman', 'OMR', 'Asia/Muscat', 'ar-OM'), ('PA', 'Panama', 'PAB', 'America/Panama', 'es-PA'),
  ('PE', 'Peru', 'PEN', 'America/Lima', 'es-PE'), ('PF', 'French Polynesia', 'XPF', 'Pacific/Tahiti', 'fr-PF'),
  ('PG', 'Papua New Guinea', 'PGK', 'Pacific/Port_Moresby', 'tpi-PG'), ('PH', 'Philippines', 'PHP', 'Asia/Manila', 'en-PH'),
  ('PK', 'Pakistan', 'PKR', 'Asia/Karachi', 'ur-PK'), ('PL', 'Poland', 'PLN', 'Europe/Warsaw', 'pl-PL'),
  ('PM', 'St. Pierre & Miquelon', 'EUR', 'America/Miquelon', 'fr-PM'),
  ('PN', 'Pitcairn Islands', 'NZD', 'Pacific/Pitcairn', 'en-PN'),
  ('PR', 'Puerto Rico', 'USD', 'America/Puerto_Rico', 'es-PR'),
  ('PS', 'Palestinian Territories', 'ILS', 'Asia/Hebron', 'ar-PS'), ('PT', 'Portugal', 'EUR', 'Europe/Lisbon', 'pt-PT'),
  ('PW', 'Palau', 'USD', 'Pacific/Palau', 'pau-PW'), ('PY', 'Paraguay', 'PYG', 'America/Asuncion', 'gn-PY'),
  ('QA', 'Qatar', 'QAR', 'Asia/Qatar', 'ar-QA'), ('RE', 'Réunion', 'EUR', 'Indian/Reunion', 'fr-RE'),
  ('RO', 'Romania', 'RON', 'Europe/Bucharest', 'ro-RO'), ('RS', 'Serbia', 'RSD', 'Europe/Belgrade', 'sr-RS'),
  ('RU', 'Russia', 'RUB', 'Europe/Moscow', 'ru-RU'), ('RW', 'Rwanda', 'RWF', 'Africa/Kigali', 'rw-RW'),
  ('SA', 'Saudi Arabia', 'SAR', 'Asia/Riyadh', 'ar-SA'), ('SB', 'Solomon Islands', 'SBD', 'Pacific/Guadalcanal', 'en-SB'),
  ('SC', 'Seychelles', 'SCR', 'Indian/Mahe', 'fr-SC'), ('SD', 'Sudan', 'SDG', 'Africa/Khartoum', 'en-SD'),
  ('SE', 'Sweden', 'SEK', 'Europe/Stockholm', 'sv-SE'), ('SG', 'Singapore', 'SGD', 'Asia/Singapore', 'en-SG'),
  ('SH', 'St. Helena', 'SHP', 'Atlantic/St_Helena', 'en-SH'), ('SI', 'Slovenia', 'EUR', 'Europe/Ljubljana', 'sl-SI'),
  ('SJ', 'Svalbard & Jan Mayen', 'NOK', 'Arctic/Longyearbyen', 'nb-SJ'),
  ('SK', 'Slovakia', 'EUR', 'Europe/Bratislava', 'sk-SK'), ('SL', 'Sierra Leone', 'SLE', 'Africa/Freetown', 'en-SL'),
  ('SM', 'San Marino', 'EUR', 'Europe/San_Marino', 'it-SM'), ('SN', 'Senegal', 'XOF', 'Africa/Dakar', 'wo-SN'),
  ('SO', 'Somalia', 'SOS', 'Africa/Mogadishu', 'so-SO'), ('SR', 'Suriname', 'SRD', 'America/Paramaribo', 'nl-SR'),
  ('SS', 'South Sudan', 'SSP', 'Africa/Juba', 'en-SS'), ('ST', 'São Tomé & Príncipe', 'STN', 'Africa/Sao_Tome', 'pt-ST'),
  ('SV', 'El Salvador', 'USD', 'America/El_Salvador', 'es-SV'),
  ('SX', 'Sint Maarten', 'XCG', 'America/Lower_Princes', 'en-SX'), ('SY', 'Syria', 'SYP', 'Asia/Damascus', 'ar-SY'),
  ('SZ', 'Eswatini', 'SZL', 'Africa/Mbabane', 'en-SZ'),
  ('TC', 'Turks & Caicos Islands', 'USD', 'America/Grand_Turk', 'en-TC'), ('TD', 'Chad', 'XAF', 'Africa/Ndjamena', 'ar-TD'),
  ('TF', 'French Southern Territories', 'EUR', 'Indian/Kerguelen', 'en-TF'), ('TG', 'Togo', 'XOF', 'Africa/Lome', 'fr-TG'),
  ('TH', 'Thailand', 'THB', 'Asia/Bangkok', 'th-TH'), ('TJ', 'Tajikistan', 'TJS', 'Asia/Dushanbe', 'tg-TJ'),
  ('TK', 'Tokelau', 'NZD', 'Pacific/Fakaofo', 'tkl-TK'), ('TL', 'Timor-Leste', 'USD', 'Asia/Dili', 'tet-TL'),
  ('TM', 'Turkmenistan', 'TMT', 'Asia/Ashgabat', 'tk-TM'), ('TN', 'Tunisia', 'TND', 'Africa/Tunis', 'ar-TN'),
  ('TO', 'Tonga', 'TOP', 'Pacific/Tongatapu', 'to-TO'), ('TR', 'Türkiye', 'TRY', 'Europe/Istanbul', 'tr-TR'),
  ('TT', 'Trinidad & Tobago', 'TTD', 'America/Port_of_Spain', 'en-TT'),
  ('TV', 'Tuvalu', 'AUD', 'Pacific/Funafuti', 'tvl-TV'), ('TW', 'Taiwan', 'TWD', 'Asia/Taipei', 'zh-TW'),
  ('TZ', 'Tanzania', 'TZS', 'Africa/Dar_es_Salaam', 'sw-TZ'), ('UA', 'Ukraine', 'UAH', 'Europe/Kyiv', 'uk-UA'),
  ('UG', 'Uganda', 'UGX', 'Africa/Kampala', 'sw-UG'), ('UM', 'U.S. Outlying Islands', 'USD', 'Pacific/Wake', 'en-UM'),
  ('US', 'United States', 'USD', 'America/New_York', 'en-US'), ('UY', 'Uruguay', 'UYU', 'America/Montevideo', 'es-UY'),
  ('UZ', 'Uzbekistan', 'UZS', 'Asia/Tashkent', 'uz-UZ'), ('VA', 'Vatican City', 'EUR', 'Europe/Vatican', 'it-VA'),
  ('VC', 'St. Vincent & Grenadines', 'XCD', 'America/St_Vincent', 'en-VC'),
  ('VE', 'Venezuela', 'VES', 'America/Caracas', 'es-VE'),
  ('VG', 'British Virgin Islands', 'USD', 'America/Tortola', 'en-VG'),
  ('VI', 'U.S. Virgin Islands', 'USD', 'America/St_Thomas', 'en-VI'), ('VN', 'Vietnam', 'VND', 'Asia/Ho_Chi_Minh', 'vi-VN'),
  ('VU', 'Vanuatu', 'VUV', 'Pacific/Efate', 'bi-VU'), ('WF', 'Wallis & Futuna', 'XPF', 'Pacific/Wallis', 'fr-WF'),
  ('WS', 'Samoa', 'WST', 'Pacific/Apia', 'sm-WS'), ('YE', 'Yemen', 'YER', 'Asia/Aden', 'ar-YE'),
  ('YT', 'Mayotte', 'EUR', 'Indian/Mayotte', 'fr-YT'), ('ZA', 'South Africa', 'ZAR', 'Africa/Johannesburg', 'en-ZA'),
  ('ZM', 'Zambia', 'ZMW', 'Africa/Lusaka', 'en-ZM'), ('ZW', 'Zimbabwe', 'USD', 'Africa/Harare', 'sn-ZW');

CREATE TABLE org.departments (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL CHECK (name <> ''),
  head_user_id uuid,
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, plant_id, code),
  UNIQUE (organization_id, plant_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, head_user_id) REFERENCES identity.users
);
COMMENT ON TABLE org.departments IS 'Parts of a plant by people, as areas are by place.';
COMMENT ON COLUMN org.departments.head_user_id IS 'Who leads it; NULL: nobody at present.';
CREATE INDEX departments_head ON org.departments (organization_id, head_user_id);

CREATE TABLE org.work_centers (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  area_id uuid NOT NULL,
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL CHECK (name <> ''),
  kind text CHECK (kind IN ('process-cell', 'production-unit', 'production-line', 'storage-zone', 'other')),
  capacity numeric CHECK (capacity >= 0),
  capacity_unit text CHECK (capacity_unit <> ''),
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, plant_id, code),
  UNIQUE (organization_id, plant_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, plant_id, area_id) REFERENCES org.areas (organization_id, plant_id, id),
  CHECK ((capacity IS NULL) = (capacity_unit IS NULL))
);
COMMENT ON TABLE org.work_centers IS 'ISA-95 work center: lanes and machines of an area that are planned and counted together.';
COMMENT ON COLUMN org.work_centers.kind IS 'Batch, continuous, discrete, storage (IEC 62264-1, 5.3.5); NULL: not said.';
COMMENT ON COLUMN org.work_centers.capacity IS 'What it can make in an hour, in capacity_unit.';
CREATE INDEX work_centers_area ON org.work_centers (organization_id, area_id);

CREATE TABLE org.locations (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  plant_id uuid,
  parent_id uuid,
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL CHECK (name <> ''),
  kind text NOT NULL CHECK (kind IN ('plant', 'warehouse', 'storage', 'dock', 'supplier', 'customer', 'store', 'carrier', 'other')),
  gln text CHECK (gln ~ '^[0-9]{13}$'),
  address text,
  address_cipher bytea CHECK (octet_length(address_cipher) BETWEEN 32 AND 4096),
  country_code text REFERENCES org.countries,
  latitude double precision CHECK (latitude BETWEEN -90 AND 90),
  longitude double precision CHECK (longitude BETWEEN -180 AND 180),
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, parent_id) REFERENCES org.locations,
  CHECK (parent_id <> id),
  CHECK ((latitude IS NULL) = (longitude IS NULL)),
  CHECK (kind NOT IN ('plant', 'storage', 'dock') OR plant_id IS NOT NULL),
  CHECK (kind <> 'customer' OR address IS NULL)
);
COMMENT ON TABLE org.locations IS 'Places that things are made at, kept at, come from and go to.';
COMMENT ON COLUMN org.locations.plant_id IS 'The plant that it is a part of; NULL: outside.';
COMMENT ON COLUMN org.locations.gln IS 'GS1 Global Location Number, 13 digits with the check digit.';
COMMENT ON COLUMN org.locations.address_cipher IS 'A customer''s address, encrypted (main/pii); address is for companies and our own places.';
COMMENT ON COLUMN org.locations.latitude IS 'Degrees, WGS 84.';
COMMENT ON COLUMN org.locations.longitude IS 'Degrees, WGS 84.';
CREATE UNIQUE INDEX locations_gln ON org.locations (organization_id, gln);
CREATE INDEX locations_plant ON org.locations (organization_id, plant_id);
CREATE INDEX locations_parent ON org.locations (organization_id, parent_id);

CREATE TABLE org.business_units (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  country_code text NOT NULL REFERENCES org.countries,
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL CHECK (name <> ''),
  kind text CHECK (kind IN ('retail', 'b2b', 'franchise', 'manufacturing', 'service')),
  active boolean NOT NULL DEFAULT true,
  configuration jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(configuration) = 'object'),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code)
);
COMMENT ON TABLE org.business_units IS 'Brands and trading companies of an organization, each in one country. A code unique by country as well would add nothing.';
CREATE INDEX business_units_country ON org.business_units (organization_id, country_code) WHERE active;

CREATE TABLE org.stores (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  business_unit_id uuid NOT NULL,
  location_id uuid,
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL CHECK (name <> ''),
  street text,
  postal_code text,
  city text,
  region text,
  phone_cipher bytea CHECK (octet_length(phone_cipher) BETWEEN 32 AND 2048),
  email_cipher bytea CHECK (octet_length(email_cipher) BETWEEN 32 AND 2048),
  email_index bytea CHECK (octet_length(email_index) = 32),
  opening_hours jsonb CHECK (jsonb_typeof(opening_hours) = 'object'),
  configuration jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(configuration) = 'object'),
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, business_unit_id, code),
  FOREIGN KEY (organization_id, business_unit_id) REFERENCES org.business_units,
  FOREIGN KEY (organization_id, location_id) REFERENCES org.locations,
  CHECK ((email_cipher IS NULL) = (email_index IS NULL))
);
COMMENT ON TABLE org.stores IS 'Shops and branches of a business unit; the country is the unit''s.';
COMMENT ON COLUMN org.stores.opening_hours IS 'Weekday (mon..sun) to a list of {"from": "08:00", "to": "20:00"}, local time.';
COMMENT ON COLUMN org.stores.email_index IS 'Blind index (main/pii).';
CREATE INDEX stores_city ON org.stores (organization_id, lower(city) text_pattern_ops);
CREATE INDEX stores_email ON org.stores (organization_id, email_index);
CREATE INDEX stores_location ON org.stores (organization_id, location_id);

CREATE TABLE org.members (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  user_id uuid NOT NULL,
  role text NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('pending', 'active', 'suspended', 'removed')),
  invited_by uuid,
  invited_at timestamptz NOT NULL DEFAULT now(),
  joined_at timestamptz,
  PRIMARY KEY (organization_id, user_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, invited_by) REFERENCES identity.users,
  CHECK (joined_at >= invited_at),
  CHECK (status <> 'pending' OR joined_at IS NULL)
);
COMMENT ON TABLE org.members IS 'How a person stands to the organization as a customer of the product. Rights in the plants come from identity.user_roles, never from here.';
COMMENT ON COLUMN org.members.role IS 'The owner answers for the contract; there may be several.';
CREATE INDEX members_role ON org.members (organization_id, role) WHERE status = 'active';

CREATE TABLE org.subscriptions (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  plan text NOT NULL DEFAULT 'free' CHECK (plan ~ '^[a-z][a-z0-9-]*$'),
  status text NOT NULL DEFAULT 'active'
    CHECK (status IN ('trialing', 'active', 'past-due', 'paused', 'canceled', 'expired')),
  period_starts_at timestamptz NOT NULL,
  period_ends_at timestamptz,
  payment_provider text,
  customer_reference text,
  subscription_reference text,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, payment_provider, subscription_reference, period_starts_at),
  CHECK (period_ends_at > period_starts_at),
  CHECK (payment_provider IS NOT NULL OR (customer_reference IS NULL AND subscription_reference IS NULL)),
  EXCLUDE USING gist (organization_id WITH =, tstzrange(period_starts_at, period_ends_at) WITH &&)
    WHERE (status IN ('trialing', 'active', 'past-due'))
);
COMMENT ON TABLE org.subscriptions IS 'The plan that an organization is on, a row a period; never two at once.';
COMMENT ON COLUMN org.subscriptions.period_ends_at IS 'NULL: until further notice.';
COMMENT ON COLUMN org.subscriptions.customer_reference IS 'The organization at the payment provider.';
CREATE INDEX subscriptions_status ON org.subscriptions (organization_id, status);

CREATE TABLE org.usage_metrics (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  at timestamptz NOT NULL DEFAULT now(),
  metric text NOT NULL CHECK (metric ~ '^[a-z][a-z0-9_.-]*$'),
  value numeric NOT NULL CHECK (value >= 0),
  unit text,
  PRIMARY KEY (organization_id, at, id)
) PARTITION BY RANGE (at);
COMMENT ON TABLE org.usage_metrics IS 'What an organization used: people, stations, storage, calls. Kept, because bills are made of it.';
COMMENT ON COLUMN org.usage_metrics.unit IS 'NULL: a count.';
CREATE INDEX usage_metrics_at ON org.usage_metrics USING brin (at);
CREATE INDEX usage_metrics_metric ON org.usage_metrics (organization_id, metric, at DESC);

CREATE TABLE org.feature_flags (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  feature text NOT NULL CHECK (feature ~ '^[a-z][a-z0-9-]*$'),
  enabled boolean NOT NULL DEFAULT false,
  description text,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, feature)
);
COMMENT ON TABLE org.feature_flags IS 'Features that are on for an organization before they are for all; no row: off.';

ALTER TABLE org.plants ADD FOREIGN KEY (country_code) REFERENCES org.countries;
ALTER TABLE identity.user_roles ADD FOREIGN KEY (organization_id, plant_id, department_id)
  REFERENCES org.departments (organization_id, plant_id, id);

INSERT INTO app.table_rules (target, scope, plant_column, plant_optional, read_permission, write_permissions, append_only,
                             delete_permissions, stamped, audited, time_column, partition_by) VALUES
  ('org.countries', 'shared', NULL, false, '', '{}', false, '{}', false, false, NULL, NULL),
  ('org.departments', 'tenant', 'plant_id', false, '', '{admin:write}', false, '{}', true, true, NULL, NULL),
  ('org.work_centers', 'tenant', 'plant_id', false, '', '{admin:write,production:write}', false, '{}', true, true, NULL, NULL),
  ('org.locations', 'tenant', 'plant_id', true, '', '{admin:write,logistics:write,material:write}', false, '{}', true, true, NULL, NULL),
  ('org.business_units', 'tenant', NULL, false, '', '{admin:write,order:write}', false, '{}', true, true, NULL, NULL),
  ('org.stores', 'tenant', NULL, false, '', '{admin:write,order:write}', false, '{}', true, true, NULL, NULL),
  ('org.members', 'tenant', NULL, false, '', '{admin:write}', false, '{}', true, true, NULL, NULL),
  ('org.subscriptions', 'tenant', NULL, false, 'admin:read', '{}', false, '{}', true, true, NULL, NULL),
  ('org.usage_metrics', 'tenant', NULL, false, 'admin:read', '{}', true, '{}', false, false, 'at', 'month'),
  ('org.feature_flags', 'tenant', NULL, false, '', '{admin:write}', false, '{}', true, true, NULL, NULL);
